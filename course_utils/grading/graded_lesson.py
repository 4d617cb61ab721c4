"""What a lesson of a class folder asks and how each answer is judged, read from the instructor's own notebook.

Only this notebook says what is asked, what it is worth and what is right: the same file that stock nbgrader grades by.
"""

import ast
import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution

from course_utils.authoring.build import learners_version
from course_utils.errors import CourseError
from course_utils.grading.rubrics import rubrics
from course_utils.grading.set_parameters import SetParameters
from course_utils.grading.versions import released_version


@dataclass(frozen=True)
class Asked:
    """One thing that is graded.

    Attributes:
        cell: the grade id of the cell that tests it.
        answer_cell: that of the cell that answers it.
        id: of the exercise or the question: "02.e1".
        points: how many it is worth in this class.
        upto: how many of the lesson's cells come before its test.
        answer: the expression that gives the answer.
        marking: of a knowledge check's question, the arguments of ``class_questions.marked`` besides id and answer;
            None for an exercise.
    """

    cell: str
    answer_cell: str
    id: str
    points: float
    upto: int
    answer: str
    marking: Mapping[str, Any] | None


@dataclass(frozen=True)
class GradedLesson:
    """A lesson as it is graded.

    Attributes:
        name: such as "02_feature_extraction".
        cells: the sources of its code cells, without solutions and tests: in their places is nothing.
        places: the place in ``cells`` of each answer, by its grade id.
        stubs: the answers as they were handed out, likewise.
        solutions: the instructor's, likewise.
        asked: in order.
        paragraphs: the points of each paragraph that a person marks, by its grade id; it is in ``stubs`` as well.
        rubrics: what each of them is marked by, likewise.
        locked: the sources of the cells that learners can't change, by grade id: questions and tests.
        handed_out: the notebook that learners get.
        hash: SHA-256 of the instructor's notebook.
    """

    name: str
    cells: tuple[str, ...]
    places: Mapping[str, int]
    stubs: Mapping[str, str]
    solutions: Mapping[str, str]
    asked: tuple[Asked, ...]
    paragraphs: Mapping[str, float]
    rubrics: Mapping[str, str]
    locked: Mapping[str, str]
    handed_out: NotebookNode
    hash: str

    def answered_with(self, answers: Mapping[str, str]) -> tuple[str, ...]:
        """Return the cells with a learner's answers in their places."""
        cells = list(self.cells)
        for id, source in answers.items():
            cells[self.places[id]] = source
        return tuple(cells)

    def is_attempted(self, id: str, answers: Mapping[str, str]) -> bool:
        """Say whether a learner has written something in the place of an answer or a paragraph."""
        return answers.get(id, "").strip() not in ("", self.stubs[id].strip())


def read_graded_lesson(folder: Path, name: str, parameters: Mapping[str, Any]) -> GradedLesson:
    """Read the lesson ``name`` of the class folder ``folder``, in the version that was handed out.

    Args:
        parameters: values of the lesson's parameters, such as its profile, in place of its own.

    Raises:
        CourseError: there is none, or a cell that earns points is not one that this can judge.
    """
    path = released_version(folder, name)
    try:
        text = path.read_bytes()
        notebook: NotebookNode = nbformat.reads(text, as_version=4)
    except FileNotFoundError:
        raise CourseError(f"There is no {path}. The class's lessons are the folders in {path.parents[1]}.") from None
    except nbformat.reader.NotJSONError as error:
        raise CourseError(f"{path} is not a notebook. Delete it, and make it again: course class init") from error
    locked = {_grade_id(cell): cell.source for cell in notebook.cells if is_locked(cell)}
    notebook, _ = SetParameters(parameters=dict(parameters)).preprocess(notebook, {})
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    places = {cell.metadata.nbgrader.grade_id: place for place, cell in enumerate(code) if _is_answer(cell)}
    handed_out = learners_version(copy.deepcopy(notebook))
    stubs = {_grade_id(cell): cell.source for cell in handed_out.cells}
    paragraphs = {
        _grade_id(cell): float(cell.metadata.nbgrader.points) for cell in notebook.cells if _is_paragraph(cell)
    }
    tests = [(place, cell) for place, cell in enumerate(code) if is_grade(cell) and not is_solution(cell)]
    return GradedLesson(
        name=name,
        cells=tuple("" if is_solution(cell) or is_grade(cell) else cell.source for cell in code),
        places=places,
        stubs={id: stubs[id] for id in (*places, *paragraphs)},
        solutions={id: code[place].source for id, place in places.items()},
        asked=tuple(_asked(path, cell, place, places) for place, cell in tests),
        paragraphs=paragraphs,
        rubrics=rubrics(notebook),
        locked=locked,
        handed_out=handed_out,
        hash=hashlib.sha256(text).hexdigest(),
    )


def _is_answer(cell: NotebookNode) -> bool:
    return is_solution(cell) and not is_grade(cell)


def _is_paragraph(cell: NotebookNode) -> bool:
    return bool(is_solution(cell) and is_grade(cell))


def _grade_id(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def _asked(path: Path, cell: NotebookNode, place: int, places: Mapping[str, int]) -> Asked:
    settings = cell.metadata.nbgrader
    try:
        calls = [node for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.Call)]
        marks = [call for call in calls if _name(call) == "marked"]
        (call,) = marks or [call for call in calls if _name(call) == "check"][:1]
        id, answer = ast.literal_eval(call.args[0]), ast.unparse(call.args[1])
        marking = _marking(call) if marks else None
        answer_cell = max((id for id in places if places[id] < place), key=lambda id: places[id])
    except (SyntaxError, ValueError, IndexError) as error:
        raise CourseError(
            f"{path}: the test cell {settings.grade_id} is not a check that can be judged apart from the learner's "
            "code. Grade this lesson with nbgrader autograde, where submissions can do no harm."
        ) from error
    return Asked(settings.grade_id, answer_cell, id, float(settings.points), place, answer, marking)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _marking(call: ast.Call) -> dict[str, Any]:
    kind, replies = (ast.literal_eval(argument) for argument in call.args[2:])
    more = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords if keyword.arg}
    return {"kind": kind, "replies": replies, **more}
