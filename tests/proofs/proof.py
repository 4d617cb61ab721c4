"""What proves a check: answers that must pass, and answers that must fail with the message that names the fault."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from course_utils.authoring.sources import read_source
from course_utils.checkout import Lesson, find_lessons
from course_utils.execution.answer_cells import definitions, names_for_answers, run_cell
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.exercise import Exercise
from course_utils.learn.result import CheckOutcome

SEEDS = (0, 1, 2)
ROOT = Path(__file__).parents[2]

Answer = Callable[..., Any]


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: what is wrong with it in words, the code that its verdict must give, and the answer itself."""

    name: str
    code: str
    answer: Answer
    outcome: CheckOutcome = "wrong"


@dataclass(frozen=True)
class Proof:
    """The answers of one exercise, besides the lesson's own solution and stub."""

    id: str
    right: Mapping[str, Answer]
    wrong: tuple[Wrong, ...]

    @property
    def exercise(self) -> Exercise:
        return load_exercises(self.id[:2])[self.id]


@dataclass(frozen=True)
class AnswerCell:
    """The cell of a lesson in which an answer is written: its code, and the names that it can use."""

    source: str
    names: Mapping[str, Any]

    def answer(self) -> Answer:
        """Return the function that the cell defines."""
        return define(ast.parse(self.source), self.names)


def define(tree: ast.Module, names: Mapping[str, Any]) -> Answer:
    """Run a module and return the last function that it defines."""
    scope = dict(names)
    run_cell(tree, scope)
    name = next(node.name for node in reversed(tree.body) if isinstance(node, ast.FunctionDef))
    return scope[name]


def lesson_of(id: str) -> Lesson:
    (lesson,) = find_lessons(ROOT, [id[:2]])
    return lesson


def solution(id: str) -> AnswerCell:
    """Return the cell with the lesson's own solution to an exercise."""
    lesson = lesson_of(id)
    return _cell(read_source(lesson.source), id)


def stub(id: str) -> AnswerCell:
    """Return the cell as the learner finds it."""
    lesson = lesson_of(id)
    return _cell(nbformat.read(lesson.notebook, as_version=4), id)


def _cell(notebook: nbformat.NotebookNode, id: str) -> AnswerCell:
    (cell,) = (cell for cell in notebook.cells if cell.id == id.partition(".")[2])
    return AnswerCell(cell.source, _names(lesson_of(id)))


@cache
def _names(lesson: Lesson) -> Mapping[str, Any]:
    """What a lesson imports and the functions that it defines; no experiment in it is run."""
    cells = [cell.source for cell in read_source(lesson.source).cells if cell.cell_type == "code"]
    return names_for_answers([piece for cell in cells for piece in definitions(cell)])
