"""Grading on a cluster: worker processes of Dask on this machine that die, or are not what they should be."""

import os
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from left import processes
from sandboxed import skip_without_sandbox

from course_utils.cli.bench_class import hand_in, handed_out, right_answers
from course_utils.cli.main import run
from course_utils.errors import CourseError
from course_utils.grading import class_grading
from course_utils.grading.class_grading import GradedSubmission, grade_class

pytest.importorskip("distributed")

from dask_cluster import cluster
from distributed import Client

from course_utils.grading.cluster import cluster_pool
from course_utils.grading.cluster.connecting import pool_at

pytestmark = [pytest.mark.survival, pytest.mark.slow]

LESSON = "00_start_here"
LEARNERS = 6
#: Some waiting in each answer, so that a worker is killed in the middle of one.
SLOW = "def times_guessing(accuracy, classes):\n    import time\n    time.sleep(0.1)\n    return accuracy * classes"
ATTACK = """
def times_guessing(accuracy, classes):
    import os, socket
    for address in ADDRESSES:
        try:
            with socket.create_connection(address, timeout=1):
                return accuracy * classes
        except OSError:
            pass
    if any("DASK" in name.upper() for name in os.environ):
        return accuracy * classes
    return -1
"""


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of which nobody has graded anything: everyone has another answer, half of them a right one."""
    skip_without_sandbox()
    folder = handed_out(tmp_path_factory.mktemp("cluster") / "class", LESSON)
    right = right_answers(folder, LESSON)
    for number in range(LEARNERS):
        answer = f"# {number}\n{SLOW if number % 2 else SLOW.replace('*', '+')}"
        hand_in(folder, f"learner{number}", right | {"e1": answer}, LESSON)
    return folder


@pytest.fixture
def folder(untouched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(untouched, tmp_path / "class"))


@pytest.fixture(autouse=True)
def _quick_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_grading, "_PRELOADED", ())  # this lesson's answers need no TensorFlow


def grading(folder: Path, address: str) -> Iterator[GradedSubmission]:
    return grade_class(folder, LESSON, open_pool=partial(pool_at, address))


def grades(folder: Path) -> list[tuple[object, ...]]:
    """Every grade in the gradebook, duplicates included."""
    asked = """
        SELECT submitted_assignment.student_id, base_cell.name, grade.auto_score FROM grade
        JOIN base_cell ON base_cell.id = grade.cell_id
        JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
        JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id ORDER BY 1, 2
    """
    with sqlite3.connect(folder / "gradebook.db") as book:
        return book.execute(asked).fetchall()


def attack_on(address: str) -> str:
    """Return an answer that is right if it reaches the scheduler or a worker, or finds Dask's settings."""
    with Client(address, set_as_default=False) as client:
        everyone = [address, *client.scheduler_info()["workers"]]
    places = [one.removeprefix("tcp://").split(":") for one in everyone]
    return ATTACK.replace("ADDRESSES", repr([(host, int(port)) for host, port in places]))


def test_a_lost_workers_jobs_are_done_once_by_another_and_nobody_reaches_the_cluster(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    monkeypatch.setattr(cluster_pool, "job_bytes", lambda asked: sent.append(_bytes(asked)) or sent[-1])
    with cluster(tmp_path, 2) as (address, _, workers):
        attack = attack_on(address)
        hand_in(folder, "mallory", right_answers(folder, LESSON) | {"e1": attack}, LESSON)
        outside: dict = {}
        exec(attack, outside)
        assert outside["times_guessing"](0.5, 4) == 2.0  # where there is no sandbox, it gets through
        local = Path(shutil.copytree(folder, tmp_path / "local"))
        found = []
        for one in grading(folder, address):
            found.append(one)
            if len(found) == 1:
                with Client(address, set_as_default=False) as client:
                    (lost,) = [
                        at for at, worker in client.scheduler_info()["workers"].items() if worker["id"] == "worker0"
                    ]
                    assert client.processing()[lost], "the worker that dies should be at work"
                workers["worker0"].kill()
                workers["worker0"].wait()
        assert {status for one in found for status in (mark.status for mark in one.marks)} <= {"passed", "wrong"}
        assert Counter(one.learner for one in found) == Counter(
            ["mallory", *(f"learner{number}" for number in range(LEARNERS))]
        )
        assert not any(one.kept for one in found)
        assert processes(workers["worker1"].pid) == set()  # its sandboxes ended with the batch
    assert all(one.kept for one in grade_class(folder, LESSON))
    list(grade_class(local, LESSON, jobs=2))
    assert grades(folder) == grades(local)
    assert ("mallory", "e1-check", 0.0) in grades(folder)
    secret = (folder / "secret_seed").read_text(encoding="utf-8").strip().encode()
    assert len(sent) == LEARNERS + 1
    assert all(b"times_guessing" in one for one in sent)
    assert not [word for one in sent for word in (secret, b"HIDDEN", b"marked(", b"learner", b"mallory") if word in one]


_bytes = cluster_pool.job_bytes


def test_when_the_scheduler_goes_nothing_is_lost(folder: Path, tmp_path: Path) -> None:
    with cluster(tmp_path, 1) as (address, scheduler, _):
        graded = grading(folder, address)
        next(graded)
        scheduler.send_signal(signal.SIGKILL)
        with pytest.raises(CourseError, match="scheduler has gone") as gone:
            list(graded)
    assert "\n" not in str(gone.value)
    kept = [one.learner for one in grade_class(folder, LESSON, jobs=2) if one.kept]
    assert 1 <= len(kept) < LEARNERS


def not_on_the_worker(sent: bytes) -> list[bytes]:
    """Run what a worker can't import, as where the course isn't installed."""
    return []


def test_a_worker_that_is_not_like_the_grader_is_refused_in_a_sentence(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refusal() -> str:
        command = ["class", "grade", LESSON, "--class", str(folder), "--scheduler", address]
        assert run(command) == 1
        said = capfd.readouterr()
        assert said.err.count("\n") == 1, said.err
        return said.err

    with cluster(tmp_path, 1, env=os.environ | {"PATH": "/nowhere"}) as (address, *_):
        assert "bubblewrap is not installed" in refusal()
        versions = cluster_pool.versions() | {"keras": "0.1"}
        with monkeypatch.context() as patch:
            patch.setattr(cluster_pool, "versions", lambda: versions)
            assert "not 0.1. Install the grader's versions there" in refusal()
        with monkeypatch.context() as patch:
            patch.setattr(cluster_pool, "run_graded_job", BytesIO)  # whose result only a pickle can hold
            with pytest.raises(CourseError, match="only able to deserialize"):
                list(grading(folder, address))
        monkeypatch.setattr(cluster_pool, "run_graded_job", not_on_the_worker)
        assert "Install this version of the course where its scheduler and its workers run" in refusal()
    assert grades(folder) == []
