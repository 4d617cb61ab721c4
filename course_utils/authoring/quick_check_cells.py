"""The cells of quick checks that count in a class: each becomes a question like those of the knowledge check.

A quick check replies at once, to any number of tries and in each learner's own order of choices, so it can't be marked
as it stands. Where it counts, the whole class gets one draw, and the reasons come with the feedback.
"""

from collections.abc import Mapping, Sequence

from nbformat import NotebookNode

from course_utils.authoring.question_cells import cells_for_class
from course_utils.authoring.question_models import AuthoredQuestion
from course_utils.learn.question_draw import draw


def count_quick_checks(
    notebook: NotebookNode, lesson: str, questions: Mapping[str, Sequence[AuthoredQuestion]], seed: str
) -> None:
    """Replace each quick check of a lesson's notebook by a question worth one point, drawn by ``seed``.

    One that asks for a curve stays as it is: that is a guess, made before anything was measured.

    Args:
        lesson: its number, such as "02".
        questions: the variants of each quick check, by its id.
    """
    asked = {id: variants for id, variants in questions.items() if variants[0].kind != "curve"}
    drawn = draw(asked, {id: id for id in asked}, f"{seed} {lesson} quick checks", size=len(asked))
    names = {id.partition(".")[2]: one for id, one in drawn.items()}
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        one = names.get(cell.metadata.get("nbgrader", {}).get("grade_id"))
        cells += cells_for_class("Quick check", lesson, cell.id, one) if one else [cell]
    notebook.cells = cells
