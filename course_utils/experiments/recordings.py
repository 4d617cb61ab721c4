"""Recorded runs: measured once by ``course record``, checked when they are read, never edited."""

from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from course_utils.assets import RECORDINGS, read_manifest, verified
from course_utils.errors import CourseError
from course_utils.schemas import faults


class Provenance(BaseModel):
    """How a recording was made. The first recordings have the seeds in their rows only."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: str
    date: str
    keras: str
    tensorflow: str
    machine: str
    licence: str
    seeds: list[int] | None = None


class Recording(BaseModel):
    """The file of a recording: how it was made, and one row for each measurement."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    provenance: Provenance
    rows: list[dict[str, Any]]


class MissingRecordingError(CourseError):
    """There is no recording of this name."""


def recorded(name: str) -> list[dict[str, Any]]:
    """Return the rows of a recording, as ``course record NAME`` measured them.

    Raises:
        CourseError: there is no such recording (the message lists the ones there are), or it is damaged.
    """
    known = read_manifest(RECORDINGS) if (RECORDINGS / "manifest.json").exists() else {}
    if f"{name}.json" not in known:
        listed = ", ".join(sorted(file.removesuffix(".json") for file in known)) or "none"
        raise MissingRecordingError(
            f"There is no recording {name!r}. Recordings: {listed}. To make one: course record NAME"
        )
    return [dict(row) for row in _read(f"{name}.json").rows]


def recorded_scratch(task: str) -> list[dict[str, Any]]:
    """Return test accuracies of training from scratch on a built-in task, one row per budget and seed.

    Args:
        task: a dataset's name; a task without a recording gives an empty list.

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
def _read(name: str) -> Recording:
    path = verified(name, RECORDINGS)
    try:
        return Recording.model_validate_json(path.read_bytes())
    except ValidationError as problem:
        raise CourseError(f"{path} is not a recording: {faults(problem)}. Make it again: course record") from None
