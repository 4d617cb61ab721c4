"""Grade what a class has handed in for one lesson: read, run in the sandbox, judge, record."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.coursedir import CourseDirectory
from numpy.typing import NDArray

from course_utils.authoring.sources import notebook_text
from course_utils.errors import CourseError
from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.graded.jobs import GradedJob, GradedQuestion
from course_utils.execution.sandbox.bubblewrap import require_sandbox
from course_utils.files import write_atomically
from course_utils.grading.autograded import autograded
from course_utils.grading.class_settings import class_settings
from course_utils.grading.classroom import SECRET
from course_utils.grading.gradebook import GradebookWriter
from course_utils.grading.graded_lesson import Asked, GradedLesson, read_graded_lesson
from course_utils.grading.hashes import environment_hash, grader_hash
from course_utils.grading.learners_sandbox import learners_sandbox
from course_utils.grading.ledger import LedgerKey, open_ledger
from course_utils.grading.marks import AnswerMark
from course_utils.grading.paragraphs import paragraph_marks, rewritten
from course_utils.grading.scorer import judge, mark, question_for
from course_utils.grading.submissions import Submission, UnreadableSubmissionError, learners, read_submission

LEDGER = "ledger.db"
_PRELOADED = ("course_utils.execution.preload",)
_TRIES = 2  # of an answer whose grading failed through no fault of its own


@dataclass(frozen=True)
class GradedSubmission:
    """How one learner's submission was graded.

    Attributes:
        marks: in the lesson's order; none if the submission can't be read.
        remarks: what is odd about it, or why it can't be read.
        kept: whether the marks were in the ledger already.
    """

    learner: str
    marks: tuple[AnswerMark, ...]
    remarks: tuple[str, ...]
    kept: bool = False


def grade_class(folder: Path, name: str) -> Iterator[GradedSubmission]:
    """Grade the lesson ``name`` in the class folder ``folder``, and yield each submission as it is recorded.

    It can be ended at any time and run again: what is in the ledger is not graded again, but written to the gradebook.

    Raises:
        CourseError: the folder, its seed, its lesson, its gradebook or its ledger can't be used, another grader is at
            work, or there is no sandbox on this machine.
    """
    settings = class_settings(folder)
    lesson = read_graded_lesson(folder, name, settings.SetParameters.get("parameters", {}))
    secret = _secret(folder)
    require_sandbox()
    places = CourseDirectory(config=settings)
    submitted = folder / places.submitted_directory
    if not submitted.is_dir():
        raise CourseError(f"There is no {submitted}. Put the submissions there: LEARNER/{name}/{name}.ipynb")
    grader, environment = grader_hash(lesson, secret), environment_hash()
    with ExitStack() as stack:
        ledger = stack.enter_context(open_ledger(folder / LEDGER))
        gradebook = stack.enter_context(GradebookWriter(settings, name))
        gradebook.require_version(lesson.locked)
        answering = _Answering(lesson, secret, stack)
        for learner in learners(submitted, name):
            try:
                submission = read_submission(submitted, learner, name, lesson.places, lesson.paragraphs)
            except UnreadableSubmissionError as error:
                yield GradedSubmission(learner, (), (str(error),))
                continue
            key = LedgerKey(submission.hash, grader, environment)
            kept = ledger.find(key)
            marks = kept or answering.marks(submission)
            if not kept and all(one.status != "infrastructure" for one in marks):
                ledger.record(key, marks)
            marks += paragraph_marks(lesson, submission)
            shown = folder / places.autograded_directory / learner / name / f"{name}.ipynb"
            gradebook.write(learner, marks, submission.handed_in, rewritten(lesson, submission, shown))
            write_atomically(shown, notebook_text(autograded(lesson, submission, marks)))
            yield GradedSubmission(learner, marks, submission.remarks, kept=kept is not None)


class _Answering:
    """Has answers run and judges what comes back; the sandbox starts with the first that needs one."""

    def __init__(self, lesson: GradedLesson, secret: str, stack: ExitStack) -> None:
        self._lesson, self._secret, self._stack = lesson, secret, stack
        self._questions = {asked.cell: question_for(asked, secret) for asked in lesson.asked}
        self._executor: GradedExecutor | None = None

    def marks(self, submission: Submission) -> tuple[AnswerMark, ...]:
        """Return the marks for a submission, in the lesson's order."""
        marks = {asked.cell: mark(asked, "unattempted") for asked in self._lesson.asked}
        due = [one for one in self._lesson.asked if self._lesson.is_attempted(one.answer_cell, submission.answers)]
        for _ in range(_TRIES):
            marks |= {one.cell: one for one in self._run(due, submission)}
            due = [asked for asked in due if marks[asked.cell].status == "infrastructure"]
        return tuple(marks.values())

    def _run(self, due: Sequence[Asked], submission: Submission) -> list[AnswerMark]:
        if not due:
            return []
        questions: list[GradedQuestion] = []
        arrays: dict[str, NDArray[Any]] = {}
        for question, inputs in (self._questions[asked.cell] for asked in due):
            questions.append(question)
            arrays |= inputs
        job = GradedJob(cells=self._lesson.answered_with(submission.answers), questions=tuple(questions))
        outcomes = self._started().run(job, arrays)
        return [judge(asked, outcome, self._secret) for asked, outcome in zip(due, outcomes, strict=True)]

    def _started(self) -> GradedExecutor:
        if self._executor is None:
            sandbox = self._stack.enter_context(learners_sandbox())
            self._executor = self._stack.enter_context(GradedExecutor(sandbox, _PRELOADED))
        return self._executor


def _secret(folder: Path) -> str:
    try:
        secret = (folder / SECRET).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        secret = ""
    if not secret:
        raise CourseError(f"{folder / SECRET} is missing or empty. Put its backup back, or make one: course class init")
    return secret
