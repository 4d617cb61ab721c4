"""Have the answers of several submissions run side by side, and judge in this process what comes back."""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from course_utils.execution.graded.jobs import GradedJob, GradedOutcome, GradedQuestion
from course_utils.execution.graded.pool import GradedPool
from course_utils.grading.graded_lesson import Asked, GradedLesson
from course_utils.grading.marks import AnswerMark
from course_utils.grading.scorer import judge, mark, question_for
from course_utils.grading.submissions import Submission

_QUEUED = 2  # submissions for each slot of the pool that are read ahead, so that none waits while others are judged
_TRIES = 2  # of an answer whose grading failed through no fault of its own


@dataclass
class _Work:
    """A submission that is being graded: its marks so far, and what is still to be run."""

    submission: Submission
    marks: dict[str, AnswerMark]
    due: list[Asked]
    tries: int = 0


class AnswerRuns:
    """The submissions of a lesson that are being graded.

    Args:
        start: starts what runs them, which nothing needs before the first answer.
    """

    def __init__(self, lesson: GradedLesson, secret: str, start: Callable[[], GradedPool]) -> None:
        self._lesson, self._secret, self._start = lesson, secret, start
        self._pool: GradedPool | None = None
        self._questions = {asked.cell: question_for(asked, secret) for asked in lesson.asked}
        self._running: dict[Future[list[GradedOutcome]], _Work] = {}
        self._finished: list[_Work] = []

    def begin(self, submission: Submission) -> None:
        """Begin to grade a submission."""
        marks = {asked.cell: mark(asked, "unattempted") for asked in self._lesson.asked}
        due = [one for one in self._lesson.asked if self._lesson.is_attempted(one.answer_cell, submission.answers)]
        self._go_on(_Work(submission, marks, due))

    def finished(self, rest: bool = False) -> Iterator[tuple[Submission, tuple[AnswerMark, ...]]]:
        """Yield submissions with their marks, in the lesson's order, until there is room to begin another.

        Args:
            rest: whether to go on until none is left.

        Raises:
            CourseError: there is no sandbox on this machine, or nothing starts in it; or the pool's own refusal.
        """
        while True:
            while self._finished:
                work = self._finished.pop(0)
                yield work.submission, tuple(work.marks.values())
            if len(self._running) <= (0 if rest or not self._pool else _QUEUED * self._pool.slots):
                return
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in [one for one in self._running if one in done]:  # in the order in which they began
                work = self._running.pop(future)
                self._judge(work, future.result())
                self._go_on(work)

    def _go_on(self, work: _Work) -> None:
        if not work.due or work.tries == _TRIES:
            self._finished.append(work)
            return
        work.tries += 1
        questions: list[GradedQuestion] = []
        arrays: dict[str, NDArray[Any]] = {}
        for question, inputs in (self._questions[asked.cell] for asked in work.due):
            questions.append(question)
            arrays |= inputs
        job = GradedJob(cells=self._lesson.answered_with(work.submission.answers), questions=tuple(questions))
        self._pool = self._pool or self._start()
        self._running[self._pool.submit(job, arrays)] = work

    def _judge(self, work: _Work, outcomes: list[GradedOutcome]) -> None:
        judged = [judge(asked, outcome, self._secret) for asked, outcome in zip(work.due, outcomes, strict=True)]
        work.marks |= {one.cell: one for one in judged}
        work.due = [asked for asked in work.due if work.marks[asked.cell].status == "infrastructure"]
