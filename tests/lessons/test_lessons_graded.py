"""The lessons in stock nbgrader: the solution scores everything, an untouched lesson nothing, half a lesson some.

Our own grader gives every answer the same points.
"""

import ast
import csv
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution
from sampling import WHOLE as WHOLE_MATRIX
from sampling import drawn
from sandboxed import skip_without_sandbox
from stock import LESSONS, ROOT, in_smoke_profile, run

from course_utils.authoring.sources import read_source
from course_utils.checkout import Lesson
from course_utils.grading import classroom
from course_utils.grading.class_grading import grade_class

# Lessons in which half of the work can earn part of the points: not the warm-up, which has one exercise.
GRADED = [lesson for lesson in LESSONS if sum(map(is_grade, read_source(lesson.source).cells)) > 1]
# Every exercise of every lesson is graded whole and untouched in test_proofs_graded.py, each day. Whole lessons take
# half a minute a learner, so the day draws one that is handed in half, and one that is handed in whole and untouched,
# too.
WHOLE = drawn("graded whole", GRADED, 1)
HALF = drawn("graded half", [lesson for lesson in GRADED if lesson not in WHOLE], 1) if len(WHOLE) < len(GRADED) else []

each_graded_lesson = pytest.mark.parametrize("lesson", [*WHOLE, *HALF], ids=lambda lesson: lesson.name)

# From the next cell on, every cell writes to stderr, as on a machine whose libraries print warnings.
GRUMBLE = """
import sys
get_ipython().events.register("pre_run_cell", lambda info: print("a warning", file=sys.stderr))
"""


@pytest.fixture(scope="module")
def class_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    classroom.init(folder, ROOT)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_nbgrader_validates_the_solutions(class_folder: Path, tmp_path: Path) -> None:
    lessons = drawn("validated", LESSONS, 1)
    solutions = [tmp_path / f"{lesson.name}.ipynb" for lesson in lessons]
    for lesson, solution in zip(lessons, solutions, strict=True):
        nbformat.write(in_smoke_profile(read_source(lesson.source)), solution)
    assert run(class_folder, "nbgrader", "validate", *solutions).count("Success") == len(lessons)


def notebook_in(class_folder: Path, part: str, lesson: Lesson) -> NotebookNode:
    """Return a lesson as the class has it: its knowledge check is the class's own draw."""
    return nbformat.read(class_folder / part / lesson.name / f"{lesson.name}.ipynb", as_version=4)


def answered(class_folder: Path, lesson: Lesson, cell_ids: set[str], before: str = "") -> NotebookNode:
    """Return a learner's notebook with the solutions of these cells, and with code before everything else."""
    solution = {cell.id: cell.source for cell in notebook_in(class_folder, "source", lesson).cells}
    notebook = notebook_in(class_folder, "release", lesson)
    for cell in notebook.cells:
        if cell.id in cell_ids:
            cell.source = re.sub(r"^\s*### (BEGIN|END) SOLUTION\n?", "", solution[cell.id], flags=re.MULTILINE)
        elif "parameters" in cell.metadata.get("tags", ()):
            cell.source += before
    return notebook


def wrong(class_folder: Path, lesson: Lesson) -> NotebookNode:
    """Return a notebook in which everything is answered, and nothing is right."""
    notebook = notebook_in(class_folder, "release", lesson)
    for cell in filter(is_solution, notebook.cells):
        if cell.cell_type == "markdown":
            cell.source = "It is so because it is so."
            continue
        asked = ast.parse(cell.source).body[-1]
        if isinstance(asked, ast.FunctionDef | ast.ClassDef):
            cell.source = f"def {asked.name}(*given):\n    return 1.0"
        elif cell.id.startswith("k"):
            cell.source = f"{cell.id} = 'zz'"
    return notebook


@pytest.mark.slow
@pytest.mark.timeout(1800)
@each_graded_lesson
def test_stock_nbgrader_scores_full_none_and_in_between(lesson: Lesson, class_folder: Path) -> None:
    run(class_folder, "nbgrader", "generate_assignment", lesson.name)
    cells = notebook_in(class_folder, "source", lesson).cells
    checks = [cell for cell in cells if is_grade(cell) and not is_solution(cell)]  # a person marks the paragraph
    points = {cell.id.removesuffix("-check"): cell.metadata.nbgrader.points for cell in checks}
    exercises = [cell.id for cell in cells if is_solution(cell)]
    half = set(exercises[: (len(exercises) + 1) // 2])
    submissions, expected = (
        {"half": answered(class_folder, lesson, half)},
        {"half": sum(points[id] for id in half & set(points))},
    )
    if lesson in WHOLE:
        submissions |= {
            "all-with-warnings": answered(class_folder, lesson, set(exercises), GRUMBLE),
            "nothing": answered(class_folder, lesson, set()),
        }
        expected |= {"all-with-warnings": sum(points.values()), "nothing": 0}
    if WHOLE_MATRIX:
        submissions["wrong"], expected["wrong"] = wrong(class_folder, lesson), 0
    for learner, notebook in submissions.items():
        path = class_folder / "submitted" / learner / lesson.name / f"{lesson.name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    for step in ("autograde", "generate_feedback"):
        run(class_folder, "nbgrader", step, lesson.name)
    run(class_folder, "nbgrader", "export")
    with (class_folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["assignment"] == lesson.name]
    scores = {row["student_id"]: float(row["score"]) for row in rows}  # 0 for a learner who handed nothing in
    assert {learner: scores[learner] for learner in submissions} == expected
    assert 0 < scores["half"] < sum(points.values())
    skip_without_sandbox()
    stock = marks(class_folder, lesson, submissions)
    ours = grade_class(class_folder, lesson.name)
    assert {one.learner: {mark.cell: mark.points for mark in one.marks} for one in ours} == stock


def marks(class_folder: Path, lesson: Lesson, learners: Iterable[str]) -> dict[str, dict[str, float]]:
    """The points of every answer in nbgrader's gradebook, by learner and cell."""
    with Gradebook(f"sqlite:///{class_folder / 'gradebook.db'}") as gradebook:
        found = {learner: gradebook.find_submission_notebook(lesson.name, lesson.name, learner) for learner in learners}
        return {learner: {grade.name: grade.auto_score for grade in book.grades} for learner, book in found.items()}
