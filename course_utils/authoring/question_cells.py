"""The cells of a question that counts for marks: its text, the answer, and the test that marks it."""

import re
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils.authoring.question_models import AuthoredQuestion
from course_utils.learn.question_draw import Drawn
from course_utils.learn.quick_checks import Question, wanted


def cells_for_class(title: str, lesson: str, name: str, one: Drawn[AuthoredQuestion]) -> list[NotebookNode]:
    """Make the three cells of a question in a class, where only the hidden test knows what is right.

    Args:
        lesson: its number, such as "02".
        name: of the variable that takes the answer, which is also the question's id in the lesson.
    """
    return [
        _question_cell(title, name, one),
        answer_cell(name, one),
        marking_cell(name, _class_test(lesson, name, one)),
    ]


def right_answer(one: Drawn[AuthoredQuestion]) -> str | int | float:
    """Return the right answer to a drawn question, in the letters under which its choices are shown."""
    rights = [foreseen.answer for foreseen in one.question.foreseen if foreseen.right]
    if one.question.kind == "number":
        # Arithmetic leaves 1.6000000000000003, which nobody would write.
        return float(f"{right:.12g}") if isinstance(right := rights[0], float) else right
    letters = one.shown("".join(map(str, rights)))
    return "".join(sorted(letters)) if one.question.kind == "multiple" else letters


def answer_cell(name: str, one: Drawn[AuthoredQuestion]) -> NotebookNode:
    """Make the cell in which the variable ``name`` gets the answer."""
    # In brackets, nbgrader's stub becomes the value, and shows nothing when the cell is run.
    source = f"{name} = (\n    ### BEGIN SOLUTION\n    {_literal(right_answer(one))}\n    ### END SOLUTION\n)"
    return _code(source, name, solution=True)


def marking_cell(name: str, source: str) -> NotebookNode:
    """Make the cell that gives one point for the answer."""
    return _code(source, f"{name}-check", grade=True, points=1)


def _question_cell(title: str, name: str, one: Drawn[AuthoredQuestion]) -> NotebookNode:
    """Make the locked cell with the text of a question, so that grading shows what was asked."""
    question = one.question
    shown = Question(
        question.id,
        question.kind,
        question.text,
        "",
        {},
        question.choices,
        unit=question.unit,
        arrangement=one.arrangement,
    )
    lines = [f"### {title}", "", _markdown(question.text), *([""] if question.choices else [])]
    lines += [f"- **{letter})** {_markdown(text)}" for letter, text in shown.shown_choices()]
    lines += ["", f"`{name}` takes {wanted(shown)}."]
    cell: NotebookNode = new_markdown_cell(
        "\n".join(lines), id=f"{name}-question", metadata=graded_metadata(f"{name}-question")
    )
    return cell


def _class_test(lesson: str, name: str, one: Drawn[AuthoredQuestion]) -> str:
    question = one.question
    asked = f'"{lesson}.{name}", {name}, "{question.kind}"'
    choices = f", choices={len(question.choices)}" if question.choices else ""
    answers = {
        foreseen.answer if question.kind == "number" else one.shown(str(foreseen.answer)): foreseen
        for foreseen in question.foreseen
    }
    replies = [f"        {_literal(key)}: ({answers[key].right}, {answers[key].why!r})," for key in sorted(answers)]
    more = [f"    choices={len(question.choices)},"] if question.choices else []
    more += [f"    tolerance={question.tolerance!r},"] if question.tolerance else []
    more += [f"    otherwise={question.otherwise!r},"] if question.otherwise else []
    hidden = ["learn.marked(", f"    {asked},", "    {", *replies, "    },", *more, ")"]
    about = f"# {question.id}: {' '.join(question.text.split())}"
    begin, end = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
    return "\n".join([f"learn.answered({asked}{choices})", begin, about, *hidden, end])


def _code(source: str, grade_id: str, **settings: Any) -> NotebookNode:
    cell: NotebookNode = new_code_cell(source, id=grade_id, metadata=graded_metadata(grade_id, **settings))
    return cell


def graded_metadata(grade_id: str, **settings: Any) -> dict[str, Any]:
    """Return nbgrader's metadata for a cell, which is locked unless it holds a solution."""
    base = {"grade_id": grade_id, "grade": False, "solution": False, "task": False, "schema_version": 3}
    full = base | settings
    return {"nbgrader": NotebookNode(full | {"locked": not full["solution"]})}


def _literal(answer: str | int | float) -> str:
    return f'"{answer}"' if isinstance(answer, str) else repr(answer)


def _markdown(text: str) -> str:
    """Return a text of a question as Markdown: code and emphasis stay, other characters mean themselves."""
    parts: Sequence[str] = re.split(r"(`[^`]+`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\_\[\]<>$|~#])", r"\\\1", part) for part in parts)
