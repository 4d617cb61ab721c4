"""The course's own lessons: current, telling nothing, and at home in the stock tools.

The stock tools run copies in the smoke profile: what is asked here is whether they run, not for how long. Each runs the
first three lessons; the later ones hold no kind of cell that these do not, and stock nbgrader autogrades them.
"""

import re
from pathlib import Path

import nbformat
import pytest
from stock import LESSONS, ROOT, each_lesson, in_smoke_profile, run

from course_utils.run import build as builder
from course_utils.run.sources import Lesson, read_source


def test_the_lessons_are_current() -> None:
    assert builder.stale(ROOT) == []


@each_lesson
def test_a_lesson_gives_nothing_away(lesson: Lesson) -> None:
    learner = {cell.id: cell.source for cell in nbformat.read(lesson.notebook, as_version=4).cells}
    for cell in read_source(lesson.source).cells:
        for _, secret in re.findall(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", cell.source, re.DOTALL):
            assert not {line for line in secret.split("\n") if line.strip()} & set(learner[cell.id].split("\n"))
    assert not any("BEGIN " in source for source in learner.values())


@pytest.fixture
def copies(tmp_path: Path) -> list[Path]:
    """The first lessons as a learner has them, in a folder of their own."""
    for lesson in LESSONS[:3]:
        notebook = in_smoke_profile(nbformat.read(lesson.notebook, as_version=4))
        nbformat.write(notebook, tmp_path / lesson.notebook.name)
    return sorted(tmp_path.glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_papermill_runs_the_lessons(copies: list[Path]) -> None:
    for lesson in copies:
        run(lesson.parent, "papermill", lesson, lesson.with_suffix(".out.ipynb"), "-p", "SEED", "1")


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nbconvert_runs_the_lessons(copies: list[Path]) -> None:
    run(copies[0].parent, "jupyter", "nbconvert", "--to", "html", "--execute", *copies)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nbmake_runs_the_lessons(copies: list[Path]) -> None:
    run(copies[0].parent, "pytest", "--nbmake", "-p", "no:cacheprovider", "--rootdir", ".", *copies)
