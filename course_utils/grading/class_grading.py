"""Grade what a class has handed in for one lesson: read, run in the sandbox, judge, record."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from nbgrader.coursedir import CourseDirectory

from course_utils.authoring.sources import notebook_text
from course_utils.errors import CourseError
from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.graded.pool import ExecutorPool, GradedPool
from course_utils.execution.sandbox.bubblewrap import has_sandbox, require_sandbox
from course_utils.files import write_atomically
from course_utils.grading.answer_runs import AnswerRuns
from course_utils.grading.autograded import autograded
from course_utils.grading.class_settings import class_settings
from course_utils.grading.classroom import SECRET
from course_utils.grading.gradebook import GradebookWriter
from course_utils.grading.graded_lesson import GradedLesson, read_graded_lesson
from course_utils.grading.hashes import environment_hash, grader_hash
from course_utils.grading.learners_sandbox import learners_sandbox, no_sandbox
from course_utils.grading.ledger import Ledger, LedgerKey, open_ledger
from course_utils.grading.marks import AnswerMark
from course_utils.grading.paragraphs import paragraph_marks, rewritten
from course_utils.grading.submissions import (
    Submission,
    UnreadableSubmissionError,
    learners,
    read_beside,
    read_submission,
)
from course_utils.learn.catalogue import exercises_of

LEDGER = "ledger.db"
_PRELOADED = ("course_utils.execution.preload", "course_utils.learn.examining")
#: Opens what runs jobs, given the modules that the parents in the sandboxes import.
OpenPool = Callable[[Sequence[str]], AbstractContextManager[GradedPool]]


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


def grade_class(
    folder: Path, name: str, jobs: int = 1, *, unsafe: bool = False, open_pool: OpenPool | None = None
) -> Iterator[GradedSubmission]:
    """Grade the lesson ``name`` in the class folder ``folder``, and yield each submission as it is recorded.

    It can be ended at any time and run again: what is in the ledger is not graded again, but written to the gradebook.

    Args:
        jobs: how many submissions to run side by side, each in a sandbox of its own.
        unsafe: whether to run them without one where this machine has none.
        open_pool: has others run them, such as a cluster, in place of this machine; opened if there is anything to run.

    Raises:
        CourseError: the folder, its seed, its lesson, its gradebook or its ledger can't be used, another grader is at
            work, or there is no sandbox on this machine.
    """
    settings = class_settings(folder)
    lesson = read_graded_lesson(folder, name, settings.SetParameters.get("parameters", {}))
    secret = class_secret(folder)
    sandboxed = not unsafe or has_sandbox()
    if sandboxed and not open_pool:
        require_sandbox()
    places = CourseDirectory(config=settings)
    submitted = _submitted(folder, places, name)
    with ExitStack() as stack:
        gradebook = stack.enter_context(GradebookWriter(settings, name))
        gradebook.require_version(lesson.locked)
        recording = _Recording(
            lesson,
            grader=grader_hash(lesson, secret),
            ledger=stack.enter_context(open_ledger(folder / LEDGER)),
            gradebook=gradebook,
            submitted=submitted,
            autograded=folder / places.autograded_directory,
        )

        def start() -> GradedPool:
            modules = [*_PRELOADED, *sorted({exercises_of(asked.id) for asked in lesson.asked})]
            if open_pool:
                return stack.enter_context(open_pool(modules))
            sandbox = stack.enter_context(learners_sandbox()) if sandboxed else no_sandbox()
            return stack.enter_context(ExecutorPool(*(GradedExecutor(sandbox, modules) for _ in range(jobs))))

        runs = AnswerRuns(lesson, secret, start)
        waiting: dict[str, list[_HandedIn]] = {}  # by their answers' hash, which several may share
        for learner in learners(submitted, name):
            try:
                submission = read_submission(submitted, learner, name, lesson.places, lesson.paragraphs)
            except UnreadableSubmissionError as error:
                yield GradedSubmission(learner, (), (str(error),))
                continue
            handed_in = _HandedIn(learner, submission)
            if kept := recording.find(handed_in):
                yield recording.write(handed_in, kept, kept=True)
                continue
            if handed_in.submission.hash not in waiting:
                runs.begin(handed_in.submission)
            waiting.setdefault(handed_in.submission.hash, []).append(handed_in)
            for submission, marks in runs.finished():
                yield from recording.record(waiting.pop(submission.hash), marks)
        for submission, marks in runs.finished(rest=True):
            yield from recording.record(waiting.pop(submission.hash), marks)


def everyone(folder: Path, name: str) -> list[str]:
    """Return who has handed in the lesson ``name`` in the class folder ``folder``.

    Raises:
        CourseError: it is not a class folder, or has no folder of submissions.
    """
    return learners(_submitted(folder, CourseDirectory(config=class_settings(folder)), name), name)


def _submitted(folder: Path, places: CourseDirectory, name: str) -> Path:
    submitted = folder / str(places.submitted_directory)
    if not submitted.is_dir():
        raise CourseError(f"There is no {submitted}. Put the submissions there: LEARNER/{name}/{name}.ipynb")
    return submitted


class _HandedIn(NamedTuple):
    learner: str
    submission: Submission


@dataclass(frozen=True)
class _Recording:
    """Where marks are written: the ledger, then the gradebook, then the notebook that feedback is made from.

    What nbgrader's exchange has put beside a submission goes with it, as in nbgrader's autograde: feedback needs it.
    """

    lesson: GradedLesson
    grader: str
    ledger: Ledger
    gradebook: GradebookWriter
    submitted: Path
    autograded: Path

    def find(self, handed_in: _HandedIn) -> tuple[AnswerMark, ...] | None:
        """Return the marks that these answers have got before."""
        return self.ledger.find(self._key(handed_in))

    def record(self, everyone: Sequence[_HandedIn], marks: tuple[AnswerMark, ...]) -> Iterator[GradedSubmission]:
        """Record new marks for everyone who has handed in the same answers."""
        if all(one.status != "infrastructure" for one in marks):
            self.ledger.record(self._key(everyone[0]), marks)
        for handed_in in everyone:
            yield self.write(handed_in, marks, kept=False)

    def write(self, handed_in: _HandedIn, marks: tuple[AnswerMark, ...], kept: bool) -> GradedSubmission:
        """Write marks where nbgrader's tools find them."""
        learner, submission = handed_in
        marks += paragraph_marks(self.lesson, submission)
        shown = self.autograded / learner / self.lesson.name / f"{self.lesson.name}.ipynb"
        self.gradebook.write(learner, marks, submission.handed_in, rewritten(self.lesson, submission, shown))
        write_atomically(shown, notebook_text(autograded(self.lesson, submission, marks)))
        for beside, content in read_beside(self.submitted, learner, self.lesson.name).items():
            write_atomically(shown.with_name(beside), content)
        return GradedSubmission(learner, marks, submission.remarks, kept=kept)

    def _key(self, handed_in: _HandedIn) -> LedgerKey:
        return LedgerKey(handed_in.submission.hash, self.grader, environment_hash())


def class_secret(folder: Path) -> str:
    """Return the secret seed of a class.

    Raises:
        CourseError: it is missing or empty.
    """
    try:
        secret = (folder / SECRET).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        secret = ""
    if not secret:
        raise CourseError(f"{folder / SECRET} is missing or empty. Put its backup back, or make one: course class init")
    return secret
