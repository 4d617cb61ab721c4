"""Faults around the grader: killed, stopped, without space, locked out or edited behind its back, it loses nothing."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from left import processes
from sampling import DAY, WHOLE
from sandboxed import skip_without_sandbox

from course_utils.cli.bench_class import hand_in, handed_out, right_answers
from course_utils.errors import CourseError
from course_utils.grading import class_grading
from course_utils.grading.class_grading import GradedSubmission, grade_class
from course_utils.grading.ledger import open_ledger

pytestmark = [pytest.mark.survival, pytest.mark.slow]

LESSON = "00_start_here"
KILLS = 50 if WHOLE else 5
ODD = ("ada lovelace", "Ünïcödé", "名前", "o'brien; DROP TABLE grade", "-x", "y..", "line\nbreak", "a" * 120)
GRADER = """
import resource, signal, sys
from pathlib import Path
from course_utils.cli.main import run
from course_utils.grading import class_grading
class_grading._PRELOADED = ()
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts tests behind itself has it ignored
if len(sys.argv) > 3:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
sys.exit(run(["class", "grade", sys.argv[2], "--class", sys.argv[1], "--jobs", "2"]))
"""
Content = dict[tuple[str, str], tuple[object, ...]]


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of which nobody has graded anything: everyone has another answer, half of them a right one."""
    skip_without_sandbox()
    folder = handed_out(tmp_path_factory.mktemp("faults") / "class", LESSON)
    right = right_answers(folder, LESSON)
    for number in range(8):
        answer = f"# {number}\n{right['e1']}" if number % 2 else f"def times_guessing(a, b):\n    return {number}"
        hand_in(folder, f"learner{number}", right | {"e1": answer}, LESSON)
    return folder


@pytest.fixture
def folder(untouched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(untouched, tmp_path / "class"))


@pytest.fixture(scope="module")
def undisturbed(untouched: Path, tmp_path_factory: pytest.TempPathFactory) -> Content:
    """What an undisturbed run writes."""
    folder = Path(shutil.copytree(untouched, tmp_path_factory.mktemp("undisturbed") / "class"))
    grade(folder)
    found = content(folder)
    assert len({learner for learner, _ in found}) == 8
    assert {score for score, *_ in found.values()} == {0.0, 1.0}
    return found


@pytest.fixture(autouse=True)
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_grading, "_PRELOADED", ())  # this lesson's answers need no TensorFlow


def grade(folder: Path) -> dict[str, GradedSubmission]:
    return {one.learner: one for one in grade_class(folder, LESSON, jobs=2)}


def grader(folder: Path, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", GRADER, str(folder), LESSON, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def content(folder: Path) -> Content:
    """The gradebook's scores and comments."""
    grades = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score, grade.manual_score,
            grade.needs_manual_grade, comment.manual_comment
        FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
        LEFT JOIN comment ON comment.notebook_id = grade.notebook_id AND comment.cell_id = grade.cell_id
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return {(learner, cell): tuple(rest) for learner, cell, *rest in book.execute(grades)}


@pytest.mark.timeout(1800)
def test_killed_at_random_points_it_goes_on_to_what_an_undisturbed_run_gives(
    untouched: Path, undisturbed: Content, tmp_path: Path
) -> None:
    random, killed, rounds, pids = Random(DAY), 0, 0, list[int]()
    while killed < KILLS:
        rounds += 1
        folder = Path(shutil.copytree(untouched, tmp_path / f"class{rounds}"))
        seconds = 6.0  # more than a run takes on a machine that does nothing else
        while killed < KILLS:
            running = grader(folder)
            try:
                running.wait(random.uniform(0, seconds))
                running.communicate()
                break  # it was quicker
            except subprocess.TimeoutExpired:
                running.kill()
                running.communicate()
                pids.append(running.pid)
                killed += 1
            wait_until_nothing_runs(running.pid)
        grade(folder)
        assert content(folder) == undisturbed
    left = [path.name.split("-")[2] for path in Path(tempfile.gettempdir()).glob("course-stage-*")]
    assert not {str(pid) for pid in pids} & set(left)


def wait_until_nothing_runs(launcher: int) -> None:
    until = time.monotonic() + 30
    while left := [one for one in processes(launcher) if not one.endswith(" ")]:  # zombies have no command
        assert time.monotonic() < until, left


def test_ctrl_c_ends_it_with_one_sentence_and_nothing_runs_on(folder: Path, undisturbed: Content) -> None:
    running = grader(folder)
    assert running.stdout
    first = running.stdout.readline()
    assert first.startswith("learner")
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=60)
    assert (running.returncode, said) == (130, "Stopped. Nothing was left half-written.\n")
    wait_until_nothing_runs(running.pid)
    again = grade(folder)
    assert again[first.split()[0]].kept
    assert content(folder) == undisturbed


def test_two_graders_at_once_are_one_too_many(folder: Path, undisturbed: Content) -> None:
    with open_ledger(folder / "ledger.db"), pytest.raises(CourseError, match="Another grader is at work"):
        grade(folder)
    grade(folder)
    assert content(folder) == undisturbed


def test_on_a_full_disk_it_stops_with_a_sentence_and_later_goes_on(folder: Path, undisturbed: Content) -> None:
    for free in (1, 9_000):
        running = grader(folder, str((folder / "gradebook.db").stat().st_size + free))
        _, said = running.communicate(timeout=120)
        assert running.returncode == 1
        assert said.count("\n") == 1, said
        assert "run the command again" in said or "File too large" in said, said
    grade(folder)
    assert content(folder) == undisturbed


def test_a_locked_gradebook_is_a_sentence_and_no_work_is_lost(folder: Path, undisturbed: Content) -> None:
    book = sqlite3.connect(folder / "gradebook.db", isolation_level=None)
    again = "run the command again when nobody else writes to it"
    grading = grade_class(folder, LESSON)
    first = next(grading)
    book.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(CourseError, match=again):
            list(grading)
        with pytest.raises(CourseError, match=again):
            grade(folder)
    finally:
        book.close()
    kept = [one.learner for one in grade(folder).values() if one.kept]
    assert len(kept) == 2
    assert first.learner in kept
    assert content(folder) == undisturbed


def test_what_a_person_enters_meanwhile_stays(folder: Path) -> None:
    changed: Iterator[GradedSubmission] = grade_class(folder, LESSON, jobs=1)
    first = next(changed)
    with sqlite3.connect(folder / "gradebook.db", timeout=30) as book:  # as Formgrader does, in another process
        book.execute("UPDATE grade SET manual_score = 0.25, needs_manual_grade = 0")
        book.execute("UPDATE comment SET manual_comment = 'well argued'")
        (comments,) = book.execute("SELECT count(*) FROM comment WHERE manual_comment IS NOT NULL").fetchone()
    list(changed)
    grade(folder)
    found = content(folder)
    assert {rest[1] for (learner, _), rest in found.items() if learner == first.learner} == {0.25}
    assert {rest[1] for (learner, _), rest in found.items() if learner != first.learner} == {None}
    assert sum(rest[3] == "well argued" for rest in found.values()) <= comments


def test_a_lock_that_is_released_in_time_is_waited_for(folder: Path, undisturbed: Content) -> None:
    book = sqlite3.connect(folder / "gradebook.db", isolation_level=None, check_same_thread=False)
    book.execute("BEGIN IMMEDIATE")
    release = threading.Timer(1.0, book.close)
    release.start()
    grade(folder)
    release.join()
    assert content(folder) == undisturbed


def test_a_clock_that_jumps_decides_nothing(
    folder: Path, undisturbed: Content, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(1)
    monkeypatch.setattr(time, "time", lambda: random.uniform(0, 4e9))
    grade(folder)
    assert content(folder) == undisturbed


def test_odd_names_are_names(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    right = right_answers(folder, LESSON)
    for learner in ODD:
        hand_in(folder, learner, right, LESSON)
    (folder / "submitted" / os.fsdecode(b"not\xfftext") / LESSON).mkdir(parents=True)
    found = grade(folder)
    for learner in ODD:
        assert sum(mark.points or 0 for mark in found[learner].marks) == 7, found[learner]
    graded = {learner for learner, _ in content(folder)}
    assert graded == {*ODD, *(f"learner{number}" for number in range(8))}
    assert "Rename the folder" in found[os.fsdecode(b"not\xfftext")].remarks[0]


def test_a_second_notebook_beside_the_first_is_said(folder: Path) -> None:
    path = folder / "submitted" / "learner1" / LESSON / f"{LESSON}.ipynb"
    shutil.copy(path, path.with_name(f"{LESSON} (1).ipynb"))
    found = grade(folder)["learner1"]
    assert found.remarks == (f"There are other notebooks beside it ({LESSON} (1).ipynb); {LESSON}.ipynb counts.",)
