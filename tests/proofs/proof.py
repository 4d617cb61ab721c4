"""What proves a checker: answers that must pass and answers that must fail, each with the message that names it."""

import ast
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat

from course_utils.authoring.sources import Lesson, find_lessons, read_source
from course_utils.execution.answer_cells import definitions
from course_utils.learn.catalogue import load_exercises
from course_utils.learn.exercise import Exercise
from course_utils.learn.result import Outcome

SEEDS = (0, 1, 2)
ROOT = Path(__file__).parents[2]

Answer = Callable[..., Any]


@dataclass(frozen=True)
class Wrong:
    """A wrong answer: the misconception that it is drawn from, and a piece of the message that must name it."""

    misconception: str
    says: str
    answer: Answer
    outcome: Outcome = "wrong"


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
class Cell:
    """The cell of a lesson in which an answer is written: its code, and the names that it can use there."""

    source: str
    names: Mapping[str, Any]

    def answer(self) -> Answer:
        """The function that the cell defines."""
        return define(ast.parse(self.source), self.names)


def define(tree: ast.Module, names: Mapping[str, Any]) -> Answer:
    """The last function that a module defines."""
    scope = dict(names)
    exec(compile(tree, "<answer>", "exec"), scope)
    name = next(node.name for node in reversed(tree.body) if isinstance(node, ast.FunctionDef))
    return scope[name]


def lesson_of(id: str) -> Lesson:
    (lesson,) = find_lessons(ROOT, [id[:2]])
    return lesson


def solution(id: str) -> Cell:
    """The cell with the lesson's own solution of an exercise."""
    lesson = lesson_of(id)
    return _cell(read_source(lesson.source), id)


def stub(id: str) -> Cell:
    """The cell as the learner finds it."""
    lesson = lesson_of(id)
    return _cell(nbformat.read(lesson.notebook, as_version=4), id)


def _cell(notebook: nbformat.NotebookNode, id: str) -> Cell:
    (cell,) = (cell for cell in notebook.cells if cell.id == id.partition(".")[2])
    return Cell(cell.source, _names(lesson_of(id)))


@cache
def _names(lesson: Lesson) -> Mapping[str, Any]:
    """What a lesson imports and the functions that it defines; no experiment of it is run."""
    cells = [cell.source for cell in read_source(lesson.source).cells if cell.cell_type == "code"]
    names: dict[str, Any] = {}
    for part in (part for cell in cells for part in definitions(cell)):
        with contextlib.suppress(NameError):  # it needs what the lesson computes, so no answer can rest on it
            exec(compile(part, str(lesson.source), "exec"), names)
    return names
