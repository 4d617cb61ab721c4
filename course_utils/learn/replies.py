"""What the authors foresaw: an answer to a question, whether it is right, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course_utils.learn.answers import keys_within
from course_utils.learn.quick_checks import QuestionKind
from course_utils.learn.sealing import Reply


@dataclass(frozen=True)
class Foreseen:
    """An answer that the authors foresaw (a letter, a number, letters in order or a shape), and the reply to it."""

    answer: str | int | float
    right: bool
    why: str


def canonical_replies(
    kind: QuestionKind, foreseen: Sequence[Foreseen], tolerance: float = 0.0
) -> Iterator[tuple[str, Reply]]:
    """Yield each answer, in the canonical form used for look-up, with its reply; right answers come first.

    Where two replies have the same canonical form, the first one counts.
    """
    rights = [one for one in foreseen if one.right]
    if kind == "multiple":
        letters = "".join(sorted(str(one.answer) for one in rights))
        yield f"all of {letters}", Reply(True, " ".join(one.why for one in rights), len(rights))
    for one in sorted(foreseen, key=lambda one: not one.right):
        reply = Reply(one.right, one.why, len(rights))
        if kind == "number":
            for key in keys_within(float(one.answer), tolerance):
                yield key, reply
        else:
            yield str(one.answer), reply
