"""What grading costs: a submission here and in nbgrader, 20 and 200 of them, memory for 1,000, and on a cluster."""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import psutil

from course_utils.checkout import find_checkout, find_lessons
from course_utils.cli.bench_class import copied, hand_in, handed_out, right_answers, with_alembic
from course_utils.cli.bench_cluster import cluster_beside_local
from course_utils.cli.bench_rows import BenchFigure, BenchRatio, LeftOut, Measured
from course_utils.errors import CourseError
from course_utils.execution.sandbox.bubblewrap import has_sandbox

_Rows = Iterator[Measured | LeftOut]
_Answers = Mapping[str, str]

#: How many times cheaper than in stock nbgrader a full submission should be.
_LEAST = {"02": 10.0, "03": 4.0, "04": 30.0, "05": 30.0, "06": 30.0}
_MORE, _MORE_STOCK = 4, 1  # submissions, besides the first one of a run, which also pays for its start
_FEW, _MANY, _TRIVIAL = 20, 200, 1000
_GLANCE = 0.2  # seconds between two looks at the memory


class Spent(NamedTuple):
    """What a command and all that it started have used: processor seconds, and its own largest memory in MB."""

    seconds: float
    megabytes: float


def benches(number: str) -> dict[str, Callable[[], _Rows]]:
    """Return the measurements for the lesson with that number ("02"), by name.

    Raises:
        CourseError: there is no such lesson.
    """
    found = [lesson.name for lesson in find_lessons(find_checkout()) if lesson.name.startswith(number)]
    if len(found) != 1:
        raise CourseError(f"There is no lesson {number!r}. Name one by its two digits: --lesson 02")
    rows = {
        "grading": _against_stock,
        "grading-many": _many,
        "grading-memory": _memory,
        "grading-cluster": cluster_beside_local,
    }
    return {name: partial(_measured, name, measurement, found[0]) for name, measurement in rows.items()}


def _measured(name: str, measurement: Callable[[Path, str], _Rows], lesson: str) -> _Rows:
    if not has_sandbox():
        yield LeftOut(name, "there is no sandbox on this machine")
        return
    with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
        yield from measurement(handed_out(Path(place) / "class", lesson), lesson)


def _against_stock(folder: Path, lesson: str) -> _Rows:
    """Measure a full, a half and an untouched submission, here and in stock nbgrader in turn."""
    right = right_answers(folder, lesson)
    half = [*right][: (len(right) + 1) // 2]
    for what, answers in (("full", right), ("half", {id: right[id] for id in half}), ("untouched", {})):
        ours = [_spent(folder, lesson, count, answers, _course) for count in (1, 1 + _MORE)]
        stock = [_spent(folder, lesson, count, answers, _stock) for count in (1, 1 + _MORE_STOCK)]
        here = (ours[1].seconds - ours[0].seconds) / _MORE
        there = (stock[1].seconds - stock[0].seconds) / _MORE_STOCK
        raw = {
            f"{name}, {count}": one.seconds
            for name, spent, more in (("course", ours, _MORE), ("nbgrader", stock, _MORE_STOCK))
            for count, one in zip((1, 1 + more), spent, strict=True)
        }
        note = f"a run begins with {ours[0].seconds - here:.1f} s"
        yield BenchRatio(
            f"grading-{lesson[:2]}-{what}",
            there,
            "processor seconds for one more in nbgrader",
            here,
            "here",
            least=_LEAST.get(lesson[:2], 1.0) if what == "full" else 1.0,
            note=note,
            raw=raw,
        )
        if what == "untouched":
            yield BenchFigure(f"grading-{lesson[:2]}-untouched-seconds", here, "processor seconds", most=0.3, raw=raw)


def _many(folder: Path, lesson: str) -> _Rows:
    """Measure what one of 20 and one of 200 full submissions costs, the start of the run included and not."""
    right = right_answers(folder, lesson)
    one, few, many = (_spent(folder, lesson, count, right, _course) for count in (1, _FEW, _MANY))
    raw = {"1": one.seconds, str(_FEW): few.seconds, str(_MANY): many.seconds}
    each = [(spent.seconds - one.seconds) / (count - 1) for spent, count in ((few, _FEW), (many, _MANY))]
    note = f"with the start {few.seconds / _FEW:.2f} and {many.seconds / _MANY:.2f} s"
    yield BenchRatio(
        f"grading-{lesson[:2]}-many",
        each[1],
        f"processor seconds for each more of {_MANY}",
        each[0],
        f"of {_FEW}",
        least=0.9,
        most=1.1,
        note=note,
        raw=raw,
    )


def _memory(folder: Path, lesson: str) -> _Rows:
    """Measure by how much the grader's memory grows from 100 to 1,000 submissions of one small answer each."""
    right = right_answers(folder, lesson)
    small = {id: source for id, source in right.items() if id == "k1"} or right
    few, many = (_spent(folder, lesson, count, small, _course) for count in (_TRIVIAL // 10, _TRIVIAL))
    yield BenchRatio(
        f"grading-{lesson[:2]}-memory",
        many.megabytes,
        f"MB for {_TRIVIAL} small submissions",
        few.megabytes,
        f"for {_TRIVIAL // 10}",
        most=1.1,
        note=f"{many.seconds / _TRIVIAL:.3f} processor seconds each",
        raw={f"MB, {_TRIVIAL // 10}": few.megabytes, f"MB, {_TRIVIAL}": many.megabytes},
    )


def _course(lesson: str) -> list[str]:
    start = "from course_utils.cli.main import main; main()"
    return [sys.executable, "-c", start, "class", "grade", lesson, "--jobs", "1"]


def _stock(lesson: str) -> list[str]:
    return [sys.executable, "-m", "nbgrader", "autograde", lesson]


def _spent(folder: Path, lesson: str, count: int, answers: _Answers, command: Callable[[str], list[str]]) -> Spent:
    """Grade ``count`` submissions of those answers, no two of them the same, and return what it has used."""
    with copied(folder) as copy:
        for number in range(count):
            own = {id: f"# {number}\n{source}" for id, source in answers.items()}
            hand_in(copy, f"learner{number:04}", own, lesson)
        with tempfile.TemporaryFile() as said:
            process = psutil.Popen(command(lesson), cwd=copy, env=with_alembic(), stdout=said, stderr=said)
            largest = 0
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                largest = max(largest, process.memory_info().rss)
                time.sleep(_GLANCE)
            if ended[1]:
                said.seek(0)
                raise CourseError(f"{' '.join(command(lesson)[3:])} failed: {said.read()[-2000:].decode()}")
    return Spent(ended[2].ru_utime + ended[2].ru_stime, largest / 1e6)
