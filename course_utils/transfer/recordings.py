"""Recorded runs: measured once by ``course record``, checked when they are read, never touched up."""

import json
from functools import lru_cache
from typing import Any

from course_utils.worlds.assets import RECORDINGS, manifest, verified


def recorded_scratch(task: str) -> list[dict[str, Any]]:
    """Test accuracies of training from scratch on a built-in task, one row per budget and seed.

    Args:
        task: a dataset's name; a task that nobody recorded gives an empty list.

    Returns:
        Rows with ``method`` ("from scratch"), ``labels`` (per class), ``seed`` and ``accuracy`` (0..1).

    Raises:
        CourseError: the recording is damaged.
    """
    name = f"scratch-{task}.json"
    if not (RECORDINGS / "manifest.json").exists() or name not in manifest(RECORDINGS):
        return []
    return [dict(row) for row in _read(name)["rows"]]


@lru_cache
def _read(name: str) -> dict[str, Any]:
    return json.loads(verified(name, RECORDINGS).read_text(encoding="utf-8"))
