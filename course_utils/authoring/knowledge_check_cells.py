"""The cells of a knowledge check: made from the one cell that asks for it in a lesson's source, and again for a class.

In the source that cell is marked ``tags=["knowledge-check"]``. Behind it come, for each question, a cell for the answer
and one that marks it. In self-study they are marked with the learner's own draw. In a class the questions stand in the
notebook, and hidden tests mark the class's draw.
"""

import re

from nbformat import NotebookNode

from course_utils.authoring.question_cells import answer_cell, cells_for_class, marking_cell
from course_utils.authoring.questions import Bank
from course_utils.learn.knowledge_checks import self_study_seed, variable
from course_utils.learn.question_draw import draw

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
        added += [answer_cell(name, one), marking_cell(name, f'check("{lesson}.{name}", {name})')]
    (place,) = (index for index, cell in enumerate(notebook.cells) if asks_for_questions(cell))
    notebook.cells[place + 1 : place + 1] = added


def for_class(notebook: NotebookNode, lesson: str, bank: Bank, seed: str) -> None:
    """Replace the self-study's knowledge check in a lesson's notebook by the draw that ``seed`` gives from ``bank``.

    The same seed and bank give the same cells. Everyone who gets this notebook gets this draw.
    """
    drawn = draw(bank.questions, bank.topics, f"{seed} {lesson}")
    cells: list[NotebookNode] = []
    for number, one in enumerate(drawn.values(), 1):
        cells += cells_for_class(f"Question {number}", lesson, variable(number), one)
    (place,) = (index for index, cell in enumerate(notebook.cells) if asks_for_questions(cell))
    own = [cell for cell in notebook.cells[place + 1 :] if _OWN.fullmatch(cell.id)]
    notebook.cells[place : place + 1 + len(own)] = cells
