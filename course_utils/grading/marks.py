"""The mark for one answer: how its grading ended, and what it earns."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

MarkStatus = Literal[
    "passed",
    "partly",
    "wrong",
    "unattempted",
    "raised",
    "timed out",
    "out of memory",
    "crashed",
    "tampered",
    "infrastructure",
    "to be marked",
]
#: All of them, in that order.
STATUSES: tuple[MarkStatus, ...] = get_args(MarkStatus)
#: What went wrong, so that a person must look at it: it has no points, which is not the same as 0 points. A paragraph
#: that is to be marked has none either, and that is as it should be.
BLANK: frozenset[MarkStatus] = frozenset({"crashed", "infrastructure"})


class AnswerMark(BaseModel):
    """One answer's mark.

    Attributes:
        cell: the grade id of the cell that tests the answer.
        id: of the exercise or the question: "02.e1".
        points: None where a person must look at it.
        worth: the most points that it can earn.
        message: what to tell the learner, in a sentence or two.
        misconception: the id of the one that the answer shows; empty if it shows none that is known.
        error: what stopped it, in a line that may quote the learner's code.
        seconds: of processor time that it took.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    cell: str
    id: str
    status: MarkStatus
    points: float | None
    worth: float
    message: str = ""
    misconception: str = ""
    error: str = ""
    seconds: float = 0.0
