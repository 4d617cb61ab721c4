"""The ledger: what has been graded, so that a grader that was ended goes on where it was, and no work is done twice.

An SQLite file in write-ahead mode. A record is written in one transaction after all answers of a submission have been
judged, so there is all of it or nothing, whenever the process ends.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from course_utils.errors import CourseError
from course_utils.grading.marks import AnswerMark

_MARKS = TypeAdapter(tuple[AnswerMark, ...])
_LAYOUT = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS graded (
    submission TEXT NOT NULL, grader TEXT NOT NULL, environment TEXT NOT NULL, marks TEXT NOT NULL,
    PRIMARY KEY (submission, grader, environment)
) WITHOUT ROWID
"""


class LedgerKey(NamedTuple):
    """What a result depends on: SHA-256 of the answers, of what judges them, and of what runs them."""

    submission: str
    grader: str
    environment: str


class Ledger:
    """The results of a class, by what they depend on. Made by ``open_ledger``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, key: LedgerKey) -> tuple[AnswerMark, ...] | None:
        """Return the marks that were recorded; None if there are none."""
        asked = "SELECT marks FROM graded WHERE submission = ? AND grader = ? AND environment = ?"
        row = self._connection.execute(asked, key).fetchone()
        return _MARKS.validate_json(row[0]) if row else None

    def record(self, key: LedgerKey, marks: Sequence[AnswerMark]) -> None:
        """Record the marks of a submission, on the disk when this returns.

        Raises:
            ValueError: one of them is the grader's own failure, which must be tried again.
        """
        if any(mark.status == "infrastructure" for mark in marks):
            raise ValueError("a failure of the infrastructure is no result")
        text = _MARKS.dump_json(tuple(marks)).decode()
        self._connection.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?, ?)", (*key, text))


@contextmanager
def open_ledger(path: Path) -> Iterator[Ledger]:
    """Open a ledger, or make one; nobody else can open it before the end of the block.

    Raises:
        CourseError: another grader has it, it is damaged or of another version, or the disk is full.
    """
    try:
        connection = sqlite3.connect(path, timeout=1, isolation_level=None)
        try:
            _prepare(connection, path)
            yield Ledger(connection)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise CourseError(_explained(path, error)) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    for setting in ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL"):
        connection.execute(f"PRAGMA {setting}")
    (layout,) = connection.execute("PRAGMA user_version").fetchone()
    if layout not in (0, _LAYOUT):
        raise CourseError(f"{path} was written by a newer version of the course. Update the course: git pull, make env")
    connection.execute(_TABLE)
    connection.execute(f"PRAGMA user_version = {_LAYOUT}")


def _explained(path: Path, error: sqlite3.Error) -> str:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"Another grader is at work in {path.parent}. Wait until it has finished, and run the command again."
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return f"{path} is damaged. Delete it: all work is graded again, and the gradebook stays as it is."
    if name.startswith("SQLITE_FULL"):
        return f"The disk is full: {path} could not be written. Free some space and run the command again."
    return f"{path} can't be used ({error}). Change its permissions, or free some space, and run the command again."
