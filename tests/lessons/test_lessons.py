"""The course's own lessons: up to date, without answers in them, and working in the stock tools.

The stock tools run copies in the smoke profile: the question here is whether they run, not for how long. Each runs one
lesson a day, and all of them with ``COURSE_WHOLE_MATRIX``; ``course validate`` runs every lesson every day.
"""

import re
from pathlib import Path

import nbformat
import pytest
from sampling import drawn
from stock import LESSONS, ROOT, each_lesson, in_smoke_profile, run

from course_utils.authoring import build as builder
from course_utils.authoring.sources import read_source
from course_utils.checkout import Lesson


def test_the_lessons_are_current() -> None:
    assert builder.stale(ROOT) == []


@each_lesson
def test_a_lesson_gives_nothing_away(lesson: Lesson) -> None:
    learner = {cell.id: cell.source for cell in nbformat.read(lesson.notebook, as_version=4).cells}
    for cell in read_source(lesson.source).cells:
        for _, secret in re.findall(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", cell.source, re.DOTALL):
            assert not {line for line in secret.split("\n") if line.strip()} & set(learner[cell.id].split("\n"))
    assert not any("BEGIN " in source for source in learner.values())


TOOLS = {
    "papermill": lambda lesson: ("papermill", lesson, lesson.with_suffix(".out.ipynb"), "-p", "SEED", "1"),
    "nbconvert": lambda lesson: ("jupyter", "nbconvert", "--to", "html", "--execute", lesson),
    "nbmake": lambda lesson: ("pytest", "--nbmake", "-p", "no:cacheprovider", "--rootdir", ".", lesson),
}
RUNS = [(tool, lesson) for tool in TOOLS for lesson in drawn(tool, LESSONS, 1)]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("tool", "lesson"), RUNS, ids=[f"{tool}-{lesson.name}" for tool, lesson in RUNS])
def test_a_stock_tool_runs_a_lesson(tool: str, lesson: Lesson, tmp_path: Path) -> None:
    """Run the learner's version in its own folder."""
    copy = tmp_path / lesson.notebook.name
    nbformat.write(in_smoke_profile(nbformat.read(lesson.notebook, as_version=4)), copy)
    run(tmp_path, *TOOLS[tool](copy))
