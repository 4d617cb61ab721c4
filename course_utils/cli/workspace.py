"""The learner's own copy of the lessons.

A small record in the workspace holds the SHA-256 of every file as it was copied. A file that still matches
its record is unchanged and may be updated; any other file is the learner's work and is kept.
"""

import contextlib
import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from course_utils.errors import CourseError
from course_utils.files import require_writable, write_atomically
from course_utils.learn import progress, renumbering

RECORD = ".course-lessons.json"
BACKUPS = "backups"


@dataclass(frozen=True)
class Change:
    """What happened to one file of the workspace."""

    name: str
    kind: Literal["added", "updated", "kept", "replaced"]


def refresh(lessons: Path, workspace: Path) -> list[Change]:
    """Bring ``workspace`` up to date with ``lessons`` without touching the learner's work.

    A file that is missing is added. A file that the learner never changed is updated. A file that the learner
    changed is kept; it is listed when the course has a newer version of it. The notebook of a former lesson is left
    alone; it is listed as replaced when the lessons that replace it are added.

    Returns:
        The changes, by file name; empty when there was nothing to do.

    Raises:
        CourseError: the folder cannot be used as a workspace.
    """
    _require_usable(lessons, workspace)
    record = _read_record(workspace)
    changes = []
    for source in _files(lessons):
        name = source.relative_to(lessons).as_posix()
        target = workspace / name
        content = source.read_bytes()
        newest, copied = _sha256(content), record.get(name)
        if not target.exists():
            changes.append(Change(name, "added"))
        elif (current := _sha256(target.read_bytes())) == newest:
            record[name] = newest
            continue
        elif current == copied:
            changes.append(Change(name, "updated"))
        else:
            if copied != newest:
                changes.append(Change(name, "kept"))
            continue
        write_atomically(target, content)
        record[name] = newest
    write_atomically(workspace / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    added = {change.name for change in changes if change.kind == "added"}
    former = workspace / f"{renumbering.FORMER_LESSON}.ipynb"
    if former.exists() and added & {f"{name}.ipynb" for name in renumbering.HEIRS}:
        changes.append(Change(former.name, "replaced"))
    return changes


def restart(source: Path, workspace: Path, now: datetime) -> Path | None:
    """Put the course's version of one lesson into ``workspace``; the learner's version moves to ``backups/``.

    Args:
        source: the lesson's notebook in the course.
        now: the time to name the backup after.

    Returns:
        The backup, or None if there was nothing to back up.

    Raises:
        CourseError: the folder cannot be used as a workspace.
    """
    _require_usable(source.parent, workspace)
    target = workspace / source.name
    backup = None
    if target.exists():
        backup = _unused(workspace / BACKUPS / f"{target.stem}.{now:%Y-%m-%d-%H%M%S}{target.suffix}")
        write_atomically(backup, target.read_bytes())
    content = source.read_bytes()
    write_atomically(target, content)
    record = _read_record(workspace) | {source.name: _sha256(content)}
    write_atomically(workspace / RECORD, json.dumps(record, indent=1, sort_keys=True).encode())
    return backup


def begin_progress(workspace: Path) -> None:
    """Give a new learner a number, so that quick checks differ from a neighbour's in numbers and order."""
    with contextlib.chdir(workspace):  # where the lessons run and keep their progress
        progress.begin(1 + secrets.randbelow(10**6))


def _require_usable(lessons: Path, workspace: Path) -> None:
    if workspace.resolve() in (lessons.resolve(), *lessons.resolve().parents):
        raise CourseError(
            f"{workspace} holds the course itself, which your copy would overwrite. "
            "Name another folder: course lab --workspace DIR."
        )
    require_writable(workspace, "Name a folder of your own: course lab --workspace DIR.")
    workspace.mkdir(parents=True, exist_ok=True)


def _files(lessons: Path) -> Iterator[Path]:
    for path in sorted(lessons.rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(lessons).parts):
            yield path


def _read_record(workspace: Path) -> dict[str, str]:
    """Return the record; an unreadable one counts as empty, so every file that differs is kept."""
    try:
        record = json.loads((workspace / RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _unused(path: Path) -> Path:
    candidate, number = path, 2
    while candidate.exists():
        candidate, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return candidate


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
