"""The answers with their marks, in the lesson: what formgrader and ``nbgrader generate_feedback`` show.

It is made from what was handed out, so that no hidden test, and nothing of a learner's but the answers, is in it.
"""

import copy
from collections.abc import Sequence

from nbformat import NotebookNode
from nbformat.v4 import new_output

from course_utils.grading.graded_lesson import GradedLesson
from course_utils.grading.marks import AnswerMark
from course_utils.grading.paragraphs import shown_text
from course_utils.grading.rubrics import add_rubrics
from course_utils.grading.submissions import Submission


def autograded(lesson: GradedLesson, submission: Submission, marks: Sequence[AnswerMark]) -> NotebookNode:
    """Return the lesson with a learner's answers, and below each test its mark as plain text."""
    notebook = copy.deepcopy(lesson.handed_out)
    by_cell = {mark.cell: mark for mark in marks}
    for cell in notebook.cells:
        id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if id in submission.answers:
            cell.source = submission.answers[id]
        if id in lesson.paragraphs:
            cell.source = shown_text(lesson, submission, id)
        elif id in by_cell:
            cell.outputs = [new_output("stream", name="stdout", text=_said(by_cell[id]))]
    add_rubrics(notebook, lesson.rubrics)
    return notebook


def _said(mark: AnswerMark) -> str:
    earned = "not marked yet" if mark.points is None else f"{mark.points:g} of {mark.worth:g}"
    return "\n".join(line for line in (f"{mark.status.capitalize()}: {earned}", mark.message, mark.error) if line)
