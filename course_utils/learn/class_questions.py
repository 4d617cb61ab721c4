"""Knowledge checks in a class: a learner sees that a question is answered, and the hidden tests say if it is right.

The notebook that a class hands out holds the questions as text. What is right, and the reasons, are in the hidden tests
alone, so they are only in the instructor's folder until the feedback is released.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from course_utils.learn.quick_checks import Question, QuestionKind
from course_utils.learn.replies import Foreseen, canonical_replies
from course_utils.learn.result import Result
from course_utils.learn.sealing import Reply
from course_utils.learn.show import Card, Message, Paragraph

_TITLE = "Knowledge check"


@dataclass(frozen=True)
class _ClassQuestion(Question):
    """A question whose replies aren't sealed, by the canonical form of their answer."""

    replies: Mapping[str, Reply] = field(default_factory=dict)

    def reply(self, answer: str) -> Reply | None:
        return self.replies.get(answer)


def answered(id: str, answer: Any, kind: QuestionKind, choices: int = 0) -> Message:
    """Say whether an answer can be read, without a word on whether it is right.

    Args:
        choices: how many choices, or steps to order, the question has.
    """
    result = _ClassQuestion(id, kind, "", "", {}, choices=("",) * choices).check(answer)
    title = f"{id} {_TITLE}"
    if result.outcome == "unattempted":
        card = Card(title, [Paragraph(result.message, verdict=True)], tone="open", verdict="Not answered yet")
    elif result.outcome == "error":
        card = Card(title, [Paragraph(result.message, verdict=True)], tone="bad", verdict="It could not be read")
    else:
        words = "You may still change it. Whether it is right, and why, comes with the feedback."
        card = Card(title, [Paragraph(words, verdict=True)], tone="plain", verdict="Answered")
    return Message(card)


def marked(
    id: str,
    answer: Any,
    kind: QuestionKind,
    replies: Mapping[str | int | float, tuple[bool, str]],
    *,
    choices: int = 0,
    tolerance: float = 0.0,
    otherwise: str = "",
) -> Result:
    """Mark an answer: one point or none. Never raises for an answer that can't be read.

    Args:
        replies: whether each foreseen answer (a letter, a number, letters in order) is right, and why.
        choices: how many choices, or steps to order, the question has.
        tolerance: how far off a number may be.
        otherwise: the reply to a wrong answer that was not foreseen.
    """
    foreseen = [Foreseen(given, right, why) for given, (right, why) in replies.items()]
    by_answer: dict[str, Reply] = {}
    for canonical, reply in canonical_replies(kind, foreseen, tolerance):
        by_answer.setdefault(canonical, reply)
    question = _ClassQuestion(
        id, kind, "", "", {}, choices=("",) * choices, tolerance=tolerance, otherwise=otherwise, replies=by_answer
    )
    return replace(question.check(answer), title=_TITLE, context=(), graded=True)
