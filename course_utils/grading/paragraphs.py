"""Paragraphs that a person marks: carried to Formgrader as plain text, and given no points here."""

import html
from pathlib import Path

import nbformat

from course_utils.grading.graded_lesson import GradedLesson
from course_utils.grading.marks import AnswerMark
from course_utils.grading.submissions import Submission

_PLAIN = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; font-family: inherit"


def paragraph_marks(lesson: GradedLesson, submission: Submission) -> tuple[AnswerMark, ...]:
    """Return the marks for a submission's paragraphs: as in nbgrader, 0 for none; for the others, a person decides."""
    marks = []
    for id, worth in lesson.paragraphs.items():
        attempted = lesson.is_attempted(id, submission.paragraphs)
        marks.append(
            AnswerMark(
                cell=id,
                id=f"{lesson.name[:2]}.{id}",
                status="to be marked" if attempted else "unattempted",
                points=None if attempted else 0.0,
                worth=worth,
                message="A person marks this paragraph." if attempted else "There is no answer yet.",
            )
        )
    return tuple(marks)


def rewritten(lesson: GradedLesson, submission: Submission, shown: Path) -> frozenset[str]:
    """Return the grade ids of the paragraphs that aren't what ``shown``, the autograded notebook of before, has."""
    try:
        cells = nbformat.read(shown, as_version=4).cells
    except (OSError, nbformat.reader.NotJSONError):
        return frozenset()
    before = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell.source for cell in cells}
    return frozenset(id for id in lesson.paragraphs if before.get(id) != shown_text(lesson, submission, id))


def shown_text(lesson: GradedLesson, submission: Submission, id: str) -> str:
    """Return a paragraph as Markdown that shows exactly its characters.

    Formgrader and the feedback would otherwise run the scripts in it and fetch its pictures.
    """
    if not lesson.is_attempted(id, submission.paragraphs):
        return lesson.stubs[id]
    text = html.escape(submission.paragraphs[id])
    return f'<pre style="{_PLAIN}">{text}</pre>'
