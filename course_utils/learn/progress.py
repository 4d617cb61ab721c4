"""The learner's own record: one small JSON file, with no names in it, that is never sent anywhere.

It is ``.course_progress.json`` in the working directory, or the file that the variable COURSE_PROGRESS names.
Losing it must never cost more than the record itself. A file that can't be understood, or that an older version
of the course wrote, is kept as a backup. Where nothing can be read or written, the learner is told once, and
the lesson goes on from memory.
"""

import errno
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from course_utils.files import write_atomically
from course_utils.learn.renumbering import renumbered

VERSION = 3
_RENUMBERED = 3  # the first version with the ids of today
LARGEST = 5_000_000  # bytes; a learner's record has a few thousand
_MOMENTS = 50  # that are kept of an exercise or a question, the latest ones

_memory: dict[Path, dict[str, Any]] = {}  # records whose file could not be written
_untouchable: set[Path] = set()  # files that could not be read, so nothing may replace them
_told: set[Path] = set()  # files of which the learner knows that they can't be saved


class ProgressFile(BaseModel):
    """The record on disk, in parts by id. Anything else in the file is kept.

    Version 1 lacked reviews and solutions; version 2 had the ids of the time when the course had five lessons. Times
    came without a version of their own: a record that lacks them lacks nothing else.
    """

    model_config = ConfigDict(extra="allow")

    version: Annotated[int, Field(strict=True, ge=1)]
    checks: dict[str, dict[str, Any]] = Field(default_factory=dict)
    hints: dict[str, dict[str, Any]] = Field(default_factory=dict)
    predictions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    reviews: dict[str, dict[str, Any]] = Field(default_factory=dict)
    solutions: dict[str, dict[str, Any]] = Field(default_factory=dict)
    times: dict[str, Any] = Field(default_factory=dict)


class NoRecordError(Exception):
    """What was read is not a record that this version understands; the message says why."""


def path() -> Path:
    """Return the path of the record: absolute, with links followed, so that a link stays a link."""
    return Path(os.path.realpath(os.environ.get("COURSE_PROGRESS") or ".course_progress.json"))


def load() -> tuple[dict[str, Any], str]:
    """Return the record and a note for the learner, one sentence or ''. Never raises.

    The record has the parts checks, hints, predictions, reviews and solutions, each a dict of dicts by id, and the part
    times, for ``moments``. It keeps anything else that is in the file.
    """
    place = path()
    if place in _memory:
        return _memory[place], ""
    try:
        version, record = _read(place)
    except FileNotFoundError:
        return _empty(), ""
    except OSError as error:
        return _leave_alone(place, error)
    except NoRecordError as reason:
        return _set_aside(place, str(reason))
    return (record, "") if version == VERSION else _bring_up_to_date(place, record)


def update(change: Callable[[dict[str, Any]], None]) -> str:
    """Apply ``change`` to the record and write it back in one step; return a note for the learner, or ''."""
    record, note = load()
    change(record)
    place = path()
    if place in _untouchable:
        return note
    try:
        _write(place, record)
        _memory.pop(place, None)
    except OSError as error:
        _memory[place] = record
        note = note or _cannot_save(place, error)
    return note


def peek() -> dict[str, Any]:
    """Return the record without touching its file: an empty one where ``load`` would have something to say."""
    place = path()
    try:
        return _memory[place] if place in _memory else _read(place)[1]
    except (OSError, NoRecordError):
        return _empty()


def learner() -> int:
    """Return the learner's number, which selects their variants of the quick checks; 0 without one."""
    return int(number(peek().get("learner")))  # not by load(): a damaged file is reported when an answer is recorded


def begin(learner: int) -> None:
    """Begin a record with the learner's number, unless there is a record already."""
    if not path().exists():
        update(lambda record: record.__setitem__("learner", learner))


def number(value: object) -> float:
    """Return a number from the record; 0 for anything that the course would not have written."""
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e11 else 0.0


def note_moment(record: dict[str, Any], id: str) -> None:
    """Note in the record that an answer was checked, or a hint asked for, now."""
    record.setdefault("times", {})[id] = [*moments(record, id), int(time.time())][-_MOMENTS:]


def moments(record: Mapping[str, Any], id: str) -> list[int]:
    """Return when answers to an exercise or a question were checked and hints asked for, in seconds since 1970."""
    noted = record.get("times", {}).get(id)
    return [int(number(moment)) for moment in noted[-_MOMENTS:] if number(moment)] if isinstance(noted, list) else []


def _empty() -> dict[str, Any]:
    return ProgressFile(version=VERSION).model_dump()


def _read(place: Path) -> tuple[int, dict[str, Any]]:
    """Return the version that wrote the file, and its record with every part that the current version knows."""
    status = place.stat()
    if not stat.S_ISREG(status.st_mode):  # a folder can't be read, and a pipe would never end
        raise OSError(errno.EINVAL, "it is not an ordinary file")
    if status.st_size > LARGEST:
        raise NoRecordError("it is far too large")
    return read_record(place.read_bytes())


def read_record(text: bytes) -> tuple[int, dict[str, Any]]:
    """Return the version that wrote a record, and the record with every part that the current version knows.

    Raises:
        NoRecordError: it is damaged, or a newer version wrote it.
    """
    try:
        record = ProgressFile.model_validate_json(text)
    except (ValidationError, RecursionError):
        raise NoRecordError("it is damaged") from None
    if record.version > VERSION:
        raise NoRecordError("a newer version of the course wrote it")
    parts = record.model_dump()
    if record.version < _RENUMBERED:
        parts = renumbered(parts)
    return record.version, parts | {"version": VERSION}


def _bring_up_to_date(place: Path, record: dict[str, Any]) -> tuple[dict[str, Any], str]:
    backup = _backup(place)
    try:
        shutil.copyfile(place, backup)
        _write(place, record)
    except OSError as error:
        with suppress(OSError):
            backup.unlink()
        _memory[place] = record
        return record, _cannot_save(place, error)
    words = "Your progress was taken over from an earlier version of the course"
    return record, f"{words}; the old file is kept as {backup.name}."


def _set_aside(place: Path, reason: str) -> tuple[dict[str, Any], str]:
    backup = _backup(place)
    try:
        place.rename(backup)
    except OSError as error:
        return _leave_alone(place, error)
    return _empty(), f"The progress file can't be used ({reason}). It is kept as {backup.name}; a new one was started."


def _leave_alone(place: Path, error: OSError) -> tuple[dict[str, Any], str]:
    _untouchable.add(place)
    _memory[place] = _empty()
    return _memory[place], _cannot_save(place, error)


def _cannot_save(place: Path, error: OSError) -> str:
    if place in _told:
        return ""
    _told.add(place)
    return (
        f"Your progress can't be saved in {place} ({error.strerror or type(error).__name__}). The lesson still "
        "works; to keep a record, set COURSE_PROGRESS to a file that you can write."
    )


def _backup(place: Path) -> Path:
    names = (place.with_name(f"{place.name}.backup-{number}") for number in count(1))
    return next(backup for backup in names if not backup.exists())


def _write(place: Path, record: dict[str, Any]) -> None:
    write_atomically(place, json.dumps(record, indent=1, sort_keys=True))
