"""The cells of a knowledge check: made from the one cell that asks for it in a lesson's source, and again for a class.

In the source that cell is marked ``tags=["knowledge-check"]``. Behind it come, for each question, a cell for the answer
and one that marks it. In self-study they are marked with the learner's own draw. In a class the questions stand in the
notebook, and hidden tests mark the class's draw.
"""

import re
from collections.abc import Sequence
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_utils.authoring.question_models import AuthoredQuestion
from course_utils.authoring.questions import Bank
from course_utils.learn.knowledge_checks import self_study_seed, variable
from course_utils.learn.question_draw import Drawn, draw
from course_utils.learn.quick_checks import Question, wanted

TAG = "knowledge-check"
_OWN = re.compile(r"k\d+(-check|-question)?")  # the grade_ids of these cells


def asks_for_questions(cell: NotebookNode) -> bool:
    """Say whether a cell is the one in whose place the knowledge check stands."""
    return TAG in cell.metadata.get("tags", ())


def expand(notebook: NotebookNode, lesson: str, bank: Bank) -> None:
    """Add the cells for answers and marks to a lesson's notebook, with the answers to the draw of learner 0."""
    drawn = draw(bank.questions, bank.topics, self_study_seed(lesson, 0))
    added: list[NotebookNode] = []
    for number, one in enumerate(drawn.values(), 1):
        name = variable(number)
        added += [_answer_cell(name, one), _test_cell(name, f'check("{lesson}.{name}", {name})')]
    (place,) = (index for index, cell in enumerate(notebook.cells) if asks_for_questions(cell))
    notebook.cells[place + 1 : place + 1] = added


def for_class(notebook: NotebookNode, lesson: str, bank: Bank, seed: str) -> None:
    """Replace the self-study's knowledge check in a lesson's notebook by the draw that ``seed`` gives from ``bank``.

    The same seed and bank give the same cells. Everyone who gets this notebook gets this draw.
    """
    drawn = draw(bank.questions, bank.topics, f"{seed} {lesson}")
    cells: list[NotebookNode] = []
    for number, one in enumerate(drawn.values(), 1):
        name = variable(number)
        cells += [
            _question_cell(number, one),
            _answer_cell(name, one),
            _test_cell(name, _class_test(lesson, name, one)),
        ]
    (place,) = (index for index, cell in enumerate(notebook.cells) if asks_for_questions(cell))
    own = [cell for cell in notebook.cells[place + 1 :] if _OWN.fullmatch(cell.id)]
    notebook.cells[place : place + 1 + len(own)] = cells


def right_answer(one: Drawn[AuthoredQuestion]) -> str | int | float:
    """Return the right answer to a drawn question, in the letters under which its choices are shown."""
    rights = [foreseen.answer for foreseen in one.question.foreseen if foreseen.right]
    if one.question.kind == "number":
        return rights[0]
    letters = one.shown("".join(map(str, rights)))
    return "".join(sorted(letters)) if one.question.kind == "multiple" else letters


def _answer_cell(name: str, one: Drawn[AuthoredQuestion]) -> NotebookNode:
    # In brackets, nbgrader's stub becomes the value, and shows nothing when the cell is run.
    source = f"{name} = (\n    ### BEGIN SOLUTION\n    {_literal(right_answer(one))}\n    ### END SOLUTION\n)"
    return _code(source, name, solution=True)


def _test_cell(name: str, source: str) -> NotebookNode:
    return _code(source, f"{name}-check", grade=True, points=1)


def _question_cell(number: int, one: Drawn[AuthoredQuestion]) -> NotebookNode:
    """Make the locked cell with the text of a question, so that grading shows what was asked."""
    question, name = one.question, variable(number)
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
    lines = [f"### Question {number}", "", _markdown(question.text), *([""] if question.choices else [])]
    lines += [f"- **{letter})** {_markdown(text)}" for letter, text in shown.shown_choices()]
    lines += ["", f"`{name}` takes {wanted(shown)}."]
    cell: NotebookNode = new_markdown_cell(
        "\n".join(lines), id=f"{name}-question", metadata=_graded(f"{name}-question")
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
    cell: NotebookNode = new_code_cell(source, id=grade_id, metadata=_graded(grade_id, **settings))
    return cell


def _graded(grade_id: str, **settings: Any) -> dict[str, Any]:
    base = {"grade_id": grade_id, "grade": False, "solution": False, "task": False, "schema_version": 3}
    full = base | settings
    return {"nbgrader": NotebookNode(full | {"locked": not full["solution"]})}


def _literal(answer: str | int | float) -> str:
    return f'"{answer}"' if isinstance(answer, str) else repr(answer)


def _markdown(text: str) -> str:
    """Return a text of a question as Markdown: code and emphasis stay, other characters mean themselves."""
    parts: Sequence[str] = re.split(r"(`[^`]+`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([\\_\[\]<>$|~#])", r"\\\1", part) for part in parts)
