"""The learner's own record: one small JSON file, no names, nothing sent anywhere.

It lives in ``.course_progress.json`` in the working directory, or where the variable COURSE_PROGRESS points.
Losing it must never cost more than the record itself: a file that can't be read is kept as a backup, and a
place that can't be written to is said once, while the lesson goes on from memory.
"""

import errno
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

VERSION = 1
_PARTS = ("checks", "hints", "predictions")

_memory: dict[Path, dict[str, Any]] = {}  # where the file could not be written
_told: set[Path] = set()


def path() -> Path:
    """Where the progress is kept (absolute)."""
    return Path(os.environ.get("COURSE_PROGRESS") or ".course_progress.json").absolute()


def load() -> tuple[dict[str, Any], str]:
    """Return (record, note). The record has the parts checks, hints and predictions, each a dict by id;
    the note is one sentence for the learner, or ''. Never raises."""
    place = path()
    if place in _memory:
        return _memory[place], ""
    try:
        record = json.loads(place.read_text(encoding="utf-8"))
        if _is_ours(record):
            return record, ""
    except FileNotFoundError:
        return _empty(), ""
    except (OSError, ValueError, RecursionError):
        pass
    return _empty(), _set_aside(place)


def update(change: Callable[[dict[str, Any]], None]) -> str:
    """Apply ``change`` to the record and write it back in one step; return a note for the learner or ''."""
    record, note = load()
    change(record)
    place = path()
    try:
        _write(place, record)
        _memory.pop(place, None)
    except OSError as error:
        _memory[place] = record
        if place not in _told:
            _told.add(place)
            reason = error.strerror or type(error).__name__
            note = (
                f"Your progress can't be saved in {place} ({reason}). The lesson works all the same; "
                "to keep a record, set COURSE_PROGRESS to a file you may write."
            )
    return note


def learner() -> int:
    """The learner's number, which draws their variants of the quick checks; 0 without one."""
    place = path()
    try:  # not by load(): a damaged file is told of when an answer is noted
        record = _memory[place] if place in _memory else json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return 0
    number = record.get("learner") if _is_ours(record) else 0
    return number if isinstance(number, int) else 0


def begin(learner: int) -> None:
    """Begin a record with the learner's number; one that is there already stays as it is."""
    if not path().exists():
        update(lambda record: record.__setitem__("learner", learner))


def _empty() -> dict[str, Any]:
    return {"version": VERSION, **{part: {} for part in _PARTS}}


def _is_ours(record: object) -> bool:
    return (
        isinstance(record, dict)
        and record.get("version") == VERSION
        and all(
            isinstance(record.get(part), dict) and all(isinstance(entry, dict) for entry in record[part].values())
            for part in _PARTS
        )
    )


def _set_aside(place: Path) -> str:
    for number in range(1, 1000):
        backup = place.with_name(f"{place.name}.backup-{number}")
        if not backup.exists():
            break
    try:
        place.rename(backup)
    except OSError:
        # A folder that refuses the move refuses the write as well: the file stays, the session goes on from memory.
        _memory[place] = _empty()
        return f"The progress file {place} can't be read; it stays as it is, and this session keeps its own record."
    return (
        "The progress file could not be read (damaged, or from another version of the course); "
        f"it is kept as {backup.name}, and a new one was begun."
    )


def _write(place: Path, record: dict[str, Any]) -> None:
    if place.exists() and not os.access(place, os.W_OK):  # a rename would go over a file that its owner locked
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))
    descriptor, name = tempfile.mkstemp(prefix=place.name, dir=place.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(record, file, indent=1, sort_keys=True)
        Path(name).replace(place)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
