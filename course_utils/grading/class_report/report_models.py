"""What the report says of a lesson, as plain data; learners appear under the names that the report gives them."""

from dataclasses import dataclass
from statistics import median

from course_utils.grading.class_report.item_statistics import Estimate
from course_utils.grading.class_results import Outcome


@dataclass(frozen=True)
class QuestionReport:
    """One question of the class.

    Attributes:
        outcomes: how many learners' answers came out in each way.
        difficulty: the mean share of the points that were earned, 0..1; None if nobody has any points yet.
        discrimination: how well it tells learners apart; None where there is too little to say.
        seconds: of processor time, by learner, of those who wrote a program for it.
        text: what a question of the knowledge check asks; empty for an exercise.
    """

    id: str
    title: str
    text: str
    worth: float
    outcomes: dict[Outcome, int]
    difficulty: float | None
    discrimination: Estimate | None
    seconds: dict[str, float]


@dataclass(frozen=True)
class BeliefReport:
    """A misconception: in how many learners' answers, to which questions it shows, and what to teach again.

    ``known``: the lesson names it, and ``text`` is the belief; otherwise it is what the check says of such an answer.
    """

    id: str
    text: str
    known: bool
    learners: int
    questions: tuple[str, ...]
    teach: str


@dataclass(frozen=True)
class EffortReport:
    """What the learners who share their record needed for a question: medians, and how many saw its solution.

    ``minutes``: of those whose record says so; None if nobody's does.
    """

    question: str
    learners: int
    attempts: float
    hints: float
    minutes: float | None
    solutions: int


@dataclass(frozen=True)
class RunTimeReport:
    """A learner whose program took unusually long or short; ``times`` is in multiples of the median."""

    learner: str
    question: str
    seconds: float
    times: float


@dataclass(frozen=True)
class SimilarityReport:
    """Two learners with nearly the same answer; ``share`` of the shorter one's fingerprints, ``shared`` of them."""

    question: str
    learners: tuple[str, str]
    share: float
    shared: int


@dataclass(frozen=True)
class AnswerRow:
    """One learner's answer to one question, for the table of all of them."""

    learner: str
    question: str
    status: str
    points: float | None
    worth: float
    misconception: str
    seconds: float


@dataclass(frozen=True)
class LessonReport:
    """What the report says of one lesson. Learners appear under the names that the report gives them.

    Attributes:
        learners: how many there are in the class.
        worth: the most that could be earned, in points.
        points: what everyone with results has earned, late penalty included.
        complete: how many learners have points for every question: what the coefficients are computed from.
        alpha: how well the questions hang together; None where there is too little to say.
        nothing: who has handed in nothing.
        unread: who has handed in something without results, and why.
        to_look_at: whose answer crashed or failed, to which question, and how.
        sharing: how many share their record.
    """

    name: str
    title: str
    learners: int
    worth: float
    points: dict[str, float]
    complete: int
    alpha: Estimate | None
    questions: tuple[QuestionReport, ...]
    beliefs: tuple[BeliefReport, ...]
    effort: tuple[EffortReport, ...]
    sharing: int
    run_times: tuple[RunTimeReport, ...]
    similar: tuple[SimilarityReport, ...]
    nothing: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]
    to_look_at: tuple[tuple[str, str, str], ...]
    answers: tuple[AnswerRow, ...]

    @property
    def median(self) -> float:
        """The median of the points."""
        return median(self.points.values())
