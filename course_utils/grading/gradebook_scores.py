"""Read what nbgrader's gradebook says of a lesson: scores, what a person has entered, and who is in the class."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    SubmittedAssignment,
    SubmittedNotebook,
)
from traitlets.config import Config

from course_utils.grading.gradebook import open_gradebook


@dataclass(frozen=True)
class CellScore:
    """What a graded cell has earned.

    Attributes:
        points: a person's if there are any, or else the grader's; None while there are neither.
        worth: the most that it can earn.
        by_hand: whether a person has entered them.
        waiting: whether a person has still to look at it.
    """

    points: float | None
    worth: float
    by_hand: bool
    waiting: bool


@dataclass(frozen=True)
class LearnerScores:
    """A learner's scores for a lesson.

    Attributes:
        cells: by the graded cell's name.
        comments: what a person has written, by the name of the answer's cell.
        penalty: what being late costs, in points.
    """

    cells: Mapping[str, CellScore] = field(default_factory=dict)
    comments: Mapping[str, str] = field(default_factory=dict)
    penalty: float = 0.0


def read_scores(settings: Config, lesson: str) -> tuple[float, dict[str, LearnerScores]]:
    """Return what a lesson is worth, and the scores of everyone who is in the gradebook, by learner and in order.

    Args:
        settings: of the class.

    Raises:
        CourseError: the gradebook can't be opened, or nothing of the lesson has been handed out yet.
    """
    with open_gradebook(settings, lesson) as book:
        of_lesson = Assignment.name == lesson
        worth = float(book.find_assignment(lesson).max_score)
        cells: dict[str, dict[str, CellScore]] = {student.id: {} for student in book.students}
        comments: dict[str, dict[str, str]] = {learner: {} for learner in cells}
        asked = (BaseCell.name, Grade.auto_score, Grade.manual_score, Grade.extra_credit, Grade.max_score)
        graded = book.db.query(SubmittedAssignment.student_id, *asked, Grade.needs_manual_grade).select_from(Grade)
        joined = graded.join(Grade.cell).join(Grade.notebook).join(SubmittedNotebook.assignment)
        for learner, cell, auto, manual, extra, most, waiting in joined.join(Assignment).filter(of_lesson):
            points = auto if manual is None else manual
            total = None if points is None else points + (extra or 0)
            cells[learner][cell] = CellScore(total, most, manual is not None, bool(waiting))
        said = book.db.query(SubmittedAssignment.student_id, BaseCell.name, Comment.comment).select_from(Comment)
        written = said.join(Comment.cell).join(Comment.notebook).join(SubmittedNotebook.assignment)
        for learner, cell, comment in written.join(Assignment).filter(of_lesson):
            if comment:
                comments[learner][cell] = comment
        late = book.db.query(SubmittedAssignment.student_id, SubmittedNotebook.late_submission_penalty)
        penalties = dict(
            late.select_from(SubmittedNotebook)
            .join(SubmittedNotebook.assignment)
            .join(Assignment)
            .filter(of_lesson)
            .all()
        )
    return worth, {
        learner: LearnerScores(cells[learner], comments[learner], penalties.get(learner) or 0.0)
        for learner in sorted(cells)
    }
