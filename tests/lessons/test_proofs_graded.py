"""The proof matrix in stock nbgrader: every answer gets the points that its check gives.

It covers the lesson's own answers and two others that the day draws; or all that are listed if COURSE_WHOLE_MATRIX is
set, which takes a quarter of an hour.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade
from sampling import WHOLE, drawn
from stock import LESSONS, ROOT, run

from course_utils.authoring.sources import read_source
from course_utils.grading import classroom

PROOFS = ROOT / "tests" / "proofs"
sys.path.insert(0, str(PROOFS))
from matrix import answer, exercise, most_answers  # noqa: E402 - beside these tests, in no package

ASSIGNMENT = "every-exercise"
HIDDEN_SEED = 1  # of the lessons' hidden tests
# Which answers the learners hand in, cycling through these numbers from exercise to exercise. Number 0 is the lesson's
# own answer; then come the right ones, then the wrong ones.
SAMPLE = {"own": (0,), "others": tuple(drawn("answers", range(1, most_answers()), 2))}
MATRIX = {f"number {number}": (number,) for number in range(most_answers())}
LEARNERS = MATRIX if WHOLE else SAMPLE


def checks() -> dict[str, NotebookNode]:
    """The graded cells of all lessons, by exercise; each checks the name ``answer``."""
    found = {}
    for lesson in LESSONS:
        for cell in filter(is_grade, read_source(lesson.source).cells):
            ids = set(re.findall(r'check\("(\d\d\.e\d)"', cell.source))
            if not ids:  # a question of the knowledge check
                continue
            (id,) = ids
            cell.source = re.sub(rf'(check\("{id}"), \w+', r"\1, answer", cell.source)
            cell.metadata.nbgrader.grade_id = cell.id = f"{id.replace('.', '-')}-check"
            found[id] = cell
    return found


def assignment() -> NotebookNode:
    """Make one notebook of all exercises; untouched, each answer is the lesson's stub."""
    begin = f"import sys\nsys.path.insert(0, {str(PROOFS)!r})\nimport matrix, proof\nfrom course_utils import check"
    cells = [nbformat.v4.new_code_cell(begin)]
    for id, check in checks().items():
        solution = f'### BEGIN SOLUTION\nanswer = matrix.answer("{id}", 0)\n### END SOLUTION'
        source = f'answer = proof.stub("{id}").answer()\n{solution}'
        settings = {
            "schema_version": 3,
            "grade_id": id.replace(".", "-"),
            "solution": True,
            "grade": False,
            "locked": False,
        }
        cells += [nbformat.v4.new_code_cell(source, metadata={"nbgrader": settings}), check]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def handed_in(numbers: Sequence[int]) -> dict[str, int]:
    """The number of each learner's answer to every exercise."""
    return dict(zip(checks(), cycle(numbers), strict=False))


def submission(released: NotebookNode, numbers: Mapping[str, int]) -> NotebookNode:
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        id = cell.metadata.get("nbgrader", {}).get("grade_id", "").replace("-", ".")
        if id in numbers:
            cell.source = f'answer = matrix.answer("{id}", {numbers[id]})'
    return notebook


@pytest.mark.slow
@pytest.mark.proofs
@pytest.mark.timeout(7200)
def test_stock_nbgrader_scores_every_answer_as_its_check_does(tmp_path: Path) -> None:
    folder = tmp_path / "class"
    classroom.init(folder, ROOT)
    write(assignment(), folder / "source" / ASSIGNMENT)
    run(folder, "nbgrader", "generate_assignment", ASSIGNMENT)
    released_path = folder / "release" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    assert "does not pass any tests" in run(folder, "nbgrader", "validate", "--invert", released_path)
    released = nbformat.read(released_path, as_version=4)
    write(released, folder / "submitted" / "untouched" / ASSIGNMENT)
    answers = {learner: handed_in(numbers) for learner, numbers in LEARNERS.items()}
    for learner, numbers in answers.items():
        write(submission(released, numbers), folder / "submitted" / learner / ASSIGNMENT)
    run(folder, "nbgrader", "autograde", ASSIGNMENT)
    scores = {learner: graded(folder, learner) for learner in ("untouched", *answers)}
    assert set(scores.pop("untouched").values()) == {0.0}
    for learner, numbers in answers.items():
        own = {id: exercise(id).check(answer(id, number), HIDDEN_SEED).points for id, number in numbers.items()}
        assert scores[learner] == pytest.approx(own), learner


def graded(folder: Path, learner: str) -> dict[str, float]:
    """The points in nbgrader's gradebook, by exercise."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        grades = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, learner).grades
        return {grade.name.removesuffix("-check").replace("-", "."): grade.auto_score for grade in grades}


def write(notebook: NotebookNode, folder: Path) -> None:
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
