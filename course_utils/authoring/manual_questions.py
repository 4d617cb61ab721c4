"""Questions that a person marks: one a lesson, answered with a paragraph in a class, read from ``manual.toml``.

In self-study they aren't asked. Everything else in a lesson replies at once, and nobody would reply to a paragraph;
criteria that anyone can read beforehand would be copied, not thought of.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Self

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from course_utils.authoring.question_cells import graded_metadata
from course_utils.errors import CourseError
from course_utils.schemas import faults

MANUAL = "manual.toml"  # beside the banks
ID = "m1"  # of the paragraph's cell; a lesson has one
_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
_Points = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Criterion(_Table):
    """A line of the rubric: what it asks for, and its points."""

    points: _Points
    text: _Words


class ManualQuestion(_Table):
    """A question that is answered with a paragraph, with the rubric that it is marked by."""

    lesson: Annotated[str, Field(pattern=r"^\d\d$")]
    id: Annotated[str, Field(pattern=r"^\d\d\.m1$")]
    points: _Points
    text: _Words
    criterion: Annotated[tuple[Criterion, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if not self.id.startswith(self.lesson):
            raise ValueError(f"the id {self.id} is not one of lesson {self.lesson}")
        total = sum(criterion.points for criterion in self.criterion)
        if total != self.points:
            raise ValueError(f"its criteria have {total:g} points together, not {self.points:g}")
        return self


class _File(_Table):
    question: tuple[ManualQuestion, ...]


def read_manual_questions(folder: Path) -> dict[str, ManualQuestion]:
    """Read ``manual.toml`` in a folder: the question of each lesson ("02"); none when there is no such file.

    Raises:
        CourseError: the file breaks the schema, or a lesson has two questions.
    """
    path = folder / MANUAL
    try:
        questions = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8"))).question
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not valid TOML: {error}; correct it there.") from None
    except ValidationError as problem:
        raise CourseError(f"{path}: {faults(problem)}.") from None
    by_lesson = {question.lesson: question for question in questions}
    if len(by_lesson) < len(questions):
        raise CourseError(f"{path}: a lesson has two questions; keep one.")
    return by_lesson


def add_paragraph(notebook: NotebookNode, question: ManualQuestion, points: float) -> None:
    """Add the cells of a question behind the last graded cell of a notebook: its text, and the learner's paragraph.

    The rubric is in the place of the solution, so nbgrader removes it from what learners get.

    Args:
        points: what the question is worth in this class.
    """
    asked = [
        "### In your own words",
        "",
        question.text,
        "",
        f"Write about 120 words in the next cell. A person reads and marks them: up to {_said(points)}.",
    ]
    share = points / question.points
    rubric = [f"- {_said(one.points * share)}: {one.text}" for one in question.criterion]
    solution = ["### BEGIN SOLUTION", "**Rubric**", "", *rubric, "### END SOLUTION"]
    cells = [
        new_markdown_cell("\n".join(asked), id=f"{ID}-question", metadata=graded_metadata(f"{ID}-question")),
        new_markdown_cell(
            "\n".join(solution), id=ID, metadata=graded_metadata(ID, grade=True, solution=True, points=points)
        ),
    ]
    last = max(place for place, cell in enumerate(notebook.cells) if "nbgrader" in cell.metadata)
    notebook.cells[last + 1 : last + 1] = cells


def _said(points: float) -> str:
    return f"{points:.3g} point{'' if points == 1 else 's'}"
