"""The course's own lessons: current, telling nothing, and at home in the stock tools.

The stock tools run copies in the smoke profile: what is asked here is whether they run, not for how long.
"""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from course_utils.grading import classroom
from course_utils.run import build as builder
from course_utils.run.sources import Lesson, find_lessons, read_source

ROOT = Path(__file__).parents[2]
LESSONS = find_lessons(ROOT)

# Lessons in which half of the work can be worth something in between: not the warm-up with its one exercise.
GRADED = [lesson for lesson in LESSONS if sum(map(is_grade, read_source(lesson.source).cells)) > 1]

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
each_graded_lesson = pytest.mark.parametrize("lesson", GRADED, ids=lambda lesson: lesson.name)

# From the next cell on, every cell writes to stderr, as a lesson does on a machine that has something to say.
GRUMBLE = """
import sys
get_ipython().events.register("pre_run_cell", lambda info: print("a warning", file=sys.stderr))
"""


def test_the_lessons_are_current() -> None:
    assert builder.stale(ROOT) == []


@each_lesson
def test_a_lesson_gives_nothing_away(lesson: Lesson) -> None:
    learner = {cell.id: cell.source for cell in nbformat.read(lesson.notebook, as_version=4).cells}
    for cell in read_source(lesson.source).cells:
        for _, secret in re.findall(r"### BEGIN (SOLUTION|HIDDEN TESTS)\n(.*?)### END \1", cell.source, re.DOTALL):
            assert not {line for line in secret.split("\n") if line.strip()} & set(learner[cell.id].split("\n"))
    assert not any("BEGIN " in source for source in learner.values())


def in_smoke_profile(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source, changed = re.subn(r'PROFILE = "\w+"', 'PROFILE = "smoke"', cell.source)
            assert changed == 1
    return notebook


@pytest.fixture
def copies(tmp_path: Path) -> list[Path]:
    """The lessons as a learner has them, in a folder of their own."""
    for lesson in LESSONS:
        notebook = in_smoke_profile(nbformat.read(lesson.notebook, as_version=4))
        nbformat.write(notebook, tmp_path / lesson.notebook.name)
    return sorted(tmp_path.glob("*.ipynb"))


def run(folder: Path, *command: str | Path) -> str:
    """Run a tool of the environment in ``folder``, as if the environment were active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=folder,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout


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


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    classroom.init(folder, ROOT)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(1800)
@each_lesson
def test_nbgrader_validates_the_solution(lesson: Lesson, class_folder: Path, tmp_path: Path) -> None:
    solution = tmp_path / f"{lesson.name}.ipynb"
    nbformat.write(in_smoke_profile(read_source(lesson.source)), solution)
    assert "Success" in run(class_folder, "nbgrader", "validate", solution)


def answered(lesson: Lesson, cell_ids: set[str], before: str = "") -> NotebookNode:
    """A learner's notebook with the solutions of these cells, and code ahead of everything."""
    solution = {cell.id: cell.source for cell in read_source(lesson.source).cells}
    notebook = nbformat.read(lesson.notebook, as_version=4)
    for cell in notebook.cells:
        if cell.id in cell_ids:
            cell.source = re.sub(r"^\s*### (BEGIN|END) SOLUTION\n?", "", solution[cell.id], flags=re.MULTILINE)
        elif "parameters" in cell.metadata.get("tags", ()):
            cell.source += before
    return notebook


@pytest.mark.slow
@pytest.mark.timeout(1800)
@each_graded_lesson
def test_stock_nbgrader_scores_full_none_and_in_between(lesson: Lesson, class_folder: Path) -> None:
    cells = read_source(lesson.source).cells
    full = sum(cell.metadata.nbgrader.points for cell in cells if is_grade(cell))
    exercises = [cell.id for cell in cells if is_solution(cell)]
    submissions = {
        "all-with-warnings": answered(lesson, set(exercises), GRUMBLE),
        "half": answered(lesson, set(exercises[: (len(exercises) + 1) // 2])),
        "nothing": answered(lesson, set()),
    }
    for learner, notebook in submissions.items():
        path = class_folder / "submitted" / learner / lesson.name / f"{lesson.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for step in ("generate_assignment", "autograde", "generate_feedback"):
        run(class_folder, "nbgrader", step, lesson.name)
    run(class_folder, "nbgrader", "export")
    with (class_folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == lesson.name]
    scores = {row["student_id"]: float(row["score"]) for row in rows}
    assert scores["all-with-warnings"] == full
    assert 0 < scores["half"] < full
    assert scores["nothing"] == 0
