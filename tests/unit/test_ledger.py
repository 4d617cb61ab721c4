"""The ledger: all of a record or nothing, whenever the grader is ended, and one grader at a time."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.errors import CourseError
from course_utils.grading.ledger import LedgerKey, open_ledger
from course_utils.grading.marks import AnswerMark, MarkStatus

KEY = LedgerKey("answers", "grader", "environment")
WRITER = """
import sys
from pathlib import Path
from course_utils.grading.ledger import LedgerKey, open_ledger
from course_utils.grading.marks import AnswerMark
with open_ledger(Path(sys.argv[1])) as ledger:
    number = 0
    while True:
        marks = [AnswerMark(cell=f"e{n}", id="01.e1", status="passed", points=number, worth=1) for n in range(20)]
        ledger.record(LedgerKey(str(number), "g", "e"), marks)
        print(number, flush=True)
        number += 1
"""


def one(status: MarkStatus = "passed", points: float | None = 2.0) -> AnswerMark:
    return AnswerMark(
        cell="e1-check", id="01.e1", status=status, points=points, worth=2, message="«Ça va»", seconds=0.5
    )


def test_what_was_recorded_is_found_by_all_that_it_depends_on(tmp_path: Path) -> None:
    marks = (one(), one("crashed", None))
    with open_ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.find(KEY) is None
        ledger.record(KEY, marks)
    with open_ledger(tmp_path / "ledger.db") as ledger:
        assert ledger.find(KEY) == marks
        for other in (KEY._replace(submission="x"), KEY._replace(grader="x"), KEY._replace(environment="x")):
            assert ledger.find(other) is None
        ledger.record(KEY, marks[:1])
        assert ledger.find(KEY) == marks[:1]


def test_a_failure_of_the_infrastructure_is_no_result(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "ledger.db") as ledger:
        with pytest.raises(ValueError, match="no result"):
            ledger.record(KEY, [one(), one("infrastructure", None)])
        assert ledger.find(KEY) is None


def test_after_a_kill_every_record_that_was_reported_is_there_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        reported = [int(writer.stdout.readline()) for _ in range(15)]
        with pytest.raises(CourseError, match=r"Another grader is at work .* Wait until it has finished"):
            open_ledger(path).__enter__()
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        reported += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    with open_ledger(path) as ledger:
        found = {number: ledger.find(LedgerKey(str(number), "g", "e")) for number in range(len(reported) + 5)}
    assert all(found[number] for number in reported)
    assert {len(marks) for marks in found.values() if marks} == {20}


def test_a_damaged_a_newer_and_an_unreachable_ledger_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(CourseError, match=r"is damaged\. Delete it"):
        open_ledger(path).__enter__()
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CourseError, match="written by a newer version"):
        open_ledger(path).__enter__()
    with pytest.raises(CourseError, match="can't be used"):
        open_ledger(tmp_path / "nowhere" / "ledger.db").__enter__()
