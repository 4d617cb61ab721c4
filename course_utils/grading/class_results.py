"""What became of everyone's work on a lesson: submissions, the ledger's marks and the gradebook's scores together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from nbgrader.coursedir import CourseDirectory

from course_utils.errors import CourseError
from course_utils.grading.class_grading import LEDGER, class_secret
from course_utils.grading.class_settings import class_settings
from course_utils.grading.gradebook_scores import CellScore, LearnerScores, read_scores
from course_utils.grading.graded_lesson import GradedLesson, read_graded_lesson
from course_utils.grading.hashes import environment_hash, grader_hash
from course_utils.grading.ledger import Ledger, LedgerKey, open_ledger
from course_utils.grading.marks import AnswerMark, MarkStatus
from course_utils.grading.paragraphs import paragraph_marks
from course_utils.grading.submissions import Submission, UnreadableSubmissionError, learners, read_submission

_NO_RESULTS = (
    "There are no results yet: it hasn't been graded since it, the lesson or the course changed, or that failed."
)


#: How an answer came out, from best to worst to none.
Outcome = Literal["right", "partly", "wrong", "not answered", "stopped", "no result"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_OUTCOME_OF: dict[MarkStatus, Outcome] = {
    "passed": "right",
    "partly": "partly",
    "wrong": "wrong",
    "unattempted": "not answered",
    "raised": "stopped",
    "timed out": "stopped",
    "out of memory": "stopped",
    "tampered": "stopped",
    "crashed": "no result",
    "infrastructure": "no result",
    "to be marked": "no result",
}


@dataclass(frozen=True)
class AnswerResult:
    """What became of one answer.

    Attributes:
        cell: the grade id of the cell that earns the points.
        id: of the exercise or the question, such as "02.e1"; the cell's, if a person marks it.
        mark: the grader's; None if the lesson doesn't have the question, and only a person marks the answer.
        score: the gradebook's, which counts.
        comment: a person's; empty without one.
    """

    cell: str
    id: str
    mark: AnswerMark | None
    score: CellScore
    comment: str = ""

    @property
    def outcome(self) -> Outcome:
        """How it came out: the grader's word, unless a person has entered points."""
        if self.score.points is None:
            return "no result"
        if self.mark is not None and not self.score.by_hand:
            return _OUTCOME_OF[self.mark.status]
        return "right" if self.score.points >= self.score.worth else "partly" if self.score.points > 0 else "wrong"


@dataclass(frozen=True)
class LearnerResult:
    """What became of one learner's work.

    Attributes:
        answers: in the lesson's order; none unless the work was read and graded.
        penalty: what being late costs, in points.
        submission: None if there is none that can be read.
        unread: why there are no results, in a sentence; empty if there are.
    """

    learner: str
    answers: tuple[AnswerResult, ...] = ()
    penalty: float = 0.0
    submission: Submission | None = None
    unread: str = ""

    @property
    def shown(self) -> str:
        """The learner's id as text: the name of a folder need not be one."""
        return self.learner.encode("utf-8", "replace").decode("utf-8")

    @property
    def handed_in(self) -> bool:
        """Whether there is anything of this learner."""
        return bool(self.answers or self.unread)

    @property
    def points(self) -> float:
        """What counts in the end: never below 0; what waits for a person is not in it yet."""
        return max(0.0, sum(answer.score.points or 0.0 for answer in self.answers) - self.penalty)

    @property
    def worth(self) -> float:
        """The most that could be earned."""
        return sum(answer.score.worth for answer in self.answers)


@dataclass(frozen=True)
class ClassResults:
    """What became of everyone's work on a lesson.

    Attributes:
        submitted: the folder of the submissions.
        feedback: the folder of the feedback.
        learners: everyone in the gradebook and everyone who has handed in something, in order.
    """

    lesson: GradedLesson
    submitted: Path
    feedback: Path
    learners: tuple[LearnerResult, ...]


def read_class_results(folder: Path, name: str) -> ClassResults:
    """Read what became of the lesson ``name`` in the class folder ``folder``; nothing is graded or written.

    Raises:
        CourseError: the folder, its seed, its lesson, its gradebook or its ledger can't be used, a grader is at work,
            or nothing has been graded.
    """
    settings = class_settings(folder)
    lesson = read_graded_lesson(folder, name, settings.SetParameters.get("parameters", {}))
    grader = grader_hash(lesson, class_secret(folder))
    places = CourseDirectory(config=settings)
    submitted = folder / places.submitted_directory
    _, scores = read_scores(settings, name)
    found: list[LearnerResult] = []
    if not (folder / LEDGER).is_file():
        raise _not_graded(folder, name)
    with open_ledger(folder / LEDGER) as ledger:
        working = set(learners(submitted, name) if submitted.is_dir() else ())
        for learner in sorted(working | scores.keys()):
            if learner not in working:
                found.append(LearnerResult(learner))
                continue
            found.append(_result(lesson, submitted, learner, scores.get(learner, LearnerScores()), ledger, grader))
    if not any(one.answers for one in found):
        raise _not_graded(folder, name)
    return ClassResults(lesson, submitted, folder / places.feedback_directory, tuple(found))


def _result(
    lesson: GradedLesson, submitted: Path, learner: str, scores: LearnerScores, ledger: Ledger, grader: str
) -> LearnerResult:
    try:
        submission = read_submission(submitted, learner, lesson.name, lesson.places, lesson.paragraphs)
    except UnreadableSubmissionError as error:
        return LearnerResult(learner, unread=str(error))
    marks = ledger.find(LedgerKey(submission.hash, grader, environment_hash()))
    if marks is None:
        return LearnerResult(learner, submission=submission, unread=_NO_RESULTS)
    marks += paragraph_marks(lesson, submission)
    return LearnerResult(learner, _answers(lesson, marks, scores), scores.penalty, submission)


def _answers(lesson: GradedLesson, marks: tuple[AnswerMark, ...], scores: LearnerScores) -> tuple[AnswerResult, ...]:
    """Return the lesson's answers, and then those to what only the gradebook knows, which a person marks."""
    answer_cells = {asked.cell: asked.answer_cell for asked in lesson.asked} | {id: id for id in lesson.paragraphs}
    found = [
        AnswerResult(
            mark.cell,
            mark.id,
            mark,
            scores.cells.get(mark.cell, CellScore(mark.points, mark.worth, by_hand=False, waiting=mark.points is None)),
            scores.comments.get(answer_cells[mark.cell], ""),
        )
        for mark in marks
    ]
    by_hand = [cell for cell in scores.cells if cell not in answer_cells]
    found += [AnswerResult(cell, cell, None, scores.cells[cell], scores.comments.get(cell, "")) for cell in by_hand]
    return tuple(found)


def _not_graded(folder: Path, name: str) -> CourseError:
    return CourseError(
        f"{folder} has no results for {name} that are those of today's lesson, course and answers. "
        f"Grade it first: course class grade {name} --class {folder}"
    )
