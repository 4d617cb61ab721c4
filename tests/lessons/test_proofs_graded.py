"""The proof matrix handed in: stock nbgrader gives every answer the points that its check gives.

Three answers to every exercise, or all that are listed where COURSE_WHOLE_MATRIX is set, which takes a quarter of an
hour.
"""

import os
import re
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade
from stock import LESSONS, ROOT, run

from course_utils.grading import classroom
from course_utils.run.sources import read_source

PROOFS = ROOT / "tests" / "proofs"
sys.path.insert(0, str(PROOFS))
from matrix import answer, exercise, most_answers  # noqa: E402 - beside these tests, in no package

ASSIGNMENT = "every-exercise"
HIDDEN_SEED = 1  # of the lessons' hidden tests
# Which answers to every exercise are handed in, each by a learner of its own: the lesson's own is number 0, then come
# the right, then the wrong.
NUMBERS = range(most_answers()) if "COURSE_WHOLE_MATRIX" in os.environ else (0, 1, 9)


def checks() -> dict[str, NotebookNode]:
    """The graded cells of all lessons, by exercise; each checks what is called ``answer``."""
    found = {}
    for lesson in LESSONS:
        for cell in filter(is_grade, read_source(lesson.source).cells):
            (id,) = set(re.findall(r'check\("(\d\d\.e\d)"', cell.source))
            cell.source = re.sub(rf'(check\("{id}"), \w+', r"\1, answer", cell.source)
            cell.metadata.nbgrader.grade_id = cell.id = f"{id.replace('.', '-')}-check"
            found[id] = cell
    return found


def assignment() -> NotebookNode:
    """All exercises in one notebook. What the stub leaves behind is the lesson's stub."""
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


def submission(released: NotebookNode, number: int) -> NotebookNode:
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        id = cell.metadata.get("nbgrader", {}).get("grade_id", "").replace("-", ".")
        if id in checks():
            cell.source = f'answer = matrix.answer("{id}", {number})'
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
    learners = {f"answer {number}": number for number in NUMBERS}
    for learner, number in learners.items():
        write(submission(released, number), folder / "submitted" / learner / ASSIGNMENT)
    run(folder, "nbgrader", "autograde", ASSIGNMENT)
    scores = {learner: graded(folder, learner) for learner in ("untouched", *learners)}
    assert set(scores.pop("untouched").values()) == {0.0}
    for learner, number in learners.items():
        own = {id: exercise(id).check(answer(id, number), HIDDEN_SEED).points for id in checks()}
        assert scores[learner] == pytest.approx(own), learner


def graded(folder: Path, learner: str) -> dict[str, float]:
    """The points in nbgrader's gradebook, by exercise."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        grades = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, learner).grades
        return {grade.name.removesuffix("-check").replace("-", "."): grade.auto_score for grade in grades}


def write(notebook: NotebookNode, folder: Path) -> None:
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{ASSIGNMENT}.ipynb")
