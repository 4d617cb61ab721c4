"""Recorded runs: measured once by ``course record``, checked when they are read, never touched up."""

import json
from functools import lru_cache
from typing import Any

from course_utils.assets import RECORDINGS, manifest, verified
from course_utils.errors import CourseError


class MissingRecordingError(CourseError):
    """Nobody made this recording."""


def recorded(name: str) -> list[dict[str, Any]]:
    """The rows of a recording, as ``course record NAME`` measured them.

    Raises:
        CourseError: there is no such recording (the message lists those that there are), or it is damaged.
    """
    known = manifest(RECORDINGS) if (RECORDINGS / "manifest.json").exists() else {}
    if f"{name}.json" not in known:
        listed = ", ".join(sorted(file.removesuffix(".json") for file in known)) or "none"
        raise MissingRecordingError(
            f"There is no recording {name!r}. Recordings: {listed}. To make one: course record NAME"
        )
    return [dict(row) for row in _read(f"{name}.json")["rows"]]


def recorded_scratch(task: str) -> list[dict[str, Any]]:
    """Test accuracies of training from scratch on a built-in task, one row per budget and seed.

    Args:
        task: a dataset's name; a task that nobody recorded gives an empty list.

    Returns:
        Rows with ``method`` ("from scratch"), ``labels`` (per class), ``seed`` and ``accuracy`` (0..1).

    Raises:
        CourseError: the recording is damaged.
    """
    try:
        return recorded(f"scratch-{task}")
    except MissingRecordingError:
        return []


@lru_cache
def _read(name: str) -> dict[str, Any]:
    return json.loads(verified(name, RECORDINGS).read_text(encoding="utf-8"))
