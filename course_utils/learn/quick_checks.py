"""Quick checks: short questions in which every answer has its own explanation.

They are read from the sealed questions in ``questions/lesson_NN.json``, which ``course build`` makes from what the
lessons' authors write. The explanation of an answer can be read only with that answer (see ``sealing``).
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from random import Random
from string import ascii_lowercase
from typing import Any, Literal

from pydantic import TypeAdapter

from course_utils.errors import CourseError
from course_utils.learn import answers
from course_utils.learn.result import CheckOutcome, Result
from course_utils.learn.sealing import Reply, unseal
from course_utils.learn.show import Block, Items, Paragraph

QuestionKind = Literal["single", "multiple", "number", "order", "curve"]
Judged = tuple[CheckOutcome, str]

# Precedes the explanation of a curve, so that the learner sees how the numbers were read.
_SEEN: dict[answers.Shape, str] = {
    "rising": "Your curve rises.",
    "falling": "Your curve falls.",
    "flat": "Your curve is flat.",
    "peak": "Your curve has a peak.",
    "valley": "Your curve has a valley.",
    "mixed": "Your curve goes up and down more than once.",
}


@dataclass(frozen=True)
class Question:
    """A quick check, with its replies sealed.

    ``choices`` are those of single and multiple choice, or the steps to put in order; ``positions`` name the points
    of a curve; ``unit`` is that of a number. ``otherwise`` is the reply to a wrong answer that was not foreseen.
    ``arrangement`` is the order in which the choices are shown, as their places in ``choices``; empty means the
    authors' own order. ``topic`` is the part of its lesson that a knowledge check's question belongs to.
    """

    id: str
    kind: QuestionKind
    text: str
    salt: str
    sealed: Mapping[str, str]
    choices: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    tolerance: float = 0.0
    unit: str = ""
    otherwise: str = ""
    arrangement: tuple[int, ...] = ()
    topic: str = ""

    def check(self, answer: Any = None) -> Result:
        """Judge an answer: letters, a number, or a list of numbers; None or ... means not answered yet."""
        unattempted: Judged = ("unattempted", f"Answer with {wanted(self)}, and run the cell again.")
        outcome, message = unattempted if answer is None or answer is ... else _JUDGES[self.kind](self, answer)
        return Result(
            id=self.id,
            title="Quick check",
            outcome=outcome,
            points=1.0 if outcome == "passed" else 0.0,
            max_points=1.0,
            message=message,
            context=self._shown(),
        )

    @property
    def letters(self) -> str:
        """The letters of the choices, as shown."""
        return ascii_lowercase[: len(self.choices)]

    def shown_choices(self) -> list[tuple[str, str]]:
        """Return the choices as this learner sees them: (letter, text)."""
        places = [ascii_lowercase.index(letter) for letter in self.authored(self.letters)]
        return [(letter, self.choices[place]) for letter, place in zip(self.letters, places, strict=True)]

    def authored(self, letters: Sequence[str]) -> list[str]:
        """Return the authors' letters for the ones that this learner sees."""
        arrangement = self.arrangement or range(len(self.choices))
        return [ascii_lowercase[arrangement[ascii_lowercase.index(letter)]] for letter in letters]

    def reply(self, answer: str) -> Reply | None:
        """Return the reply to an answer, which is in canonical form and in the authors' letters."""
        try:
            return unseal(answer, self.sealed, self.salt)
        except ValueError:
            raise _damaged(self.id) from None

    def _shown(self) -> tuple[Block, ...]:
        if not self.choices:
            return (Paragraph(self.text),)
        return (Paragraph(self.text), Items([(f"{letter})", text) for letter, text in self.shown_choices()]))


def wanted(question: Question) -> str:
    """Describe what an answer looks like, for a sentence that begins with "Answer with"."""
    match question.kind:
        case "single":
            return 'one letter, such as `"b"`'
        case "multiple":
            return 'every letter that fits, such as `"ac"`'
        case "number":
            unit = (
                f" of {question.unit}" if question.unit.isalpha() else f" in {question.unit}" if question.unit else ""
            )
            return f"a number{unit}, such as `12` or `0.5`"
        case "order":
            return f'all {len(question.letters)} letters in order, such as `"{question.letters[::-1]}"`'
        case "curve":
            where = ", ".join(question.positions)
            return f"{len(question.positions)} numbers in percent, for {where}, such as `[50, 80, ...]`"


def _judge_single(question: Question, answer: Any) -> Judged:
    letters = answers.read_letters(answer, len(question.choices))
    if letters is None or len(set(letters)) != 1:
        return "error", f'The answer is one letter from a to {question.letters[-1]}, such as `"b"`.'
    return _judged(question, question.authored(letters)[0])


def _judge_multiple(question: Question, answer: Any) -> Judged:
    letters = answers.read_letters(answer, len(question.choices))
    if letters is None:
        return "error", f'The answer is one or more letters from a to {question.letters[-1]}, such as `"ac"`.'
    chosen = sorted(set(letters))
    right = question.reply("all of " + "".join(sorted(question.authored(chosen))))
    if right:
        return "passed", right.why
    replies = {letter: question.reply(question.authored([letter])[0]) for letter in chosen}
    said = [f"{letter}) {reply.why}" for letter, reply in replies.items() if reply and not reply.right]
    known = [reply for reply in replies.values() if reply]
    missing = (known[0].rights if known else 0) - sum(reply.right for reply in known)
    if missing:
        # Learners are meant to try again, so they learn how many are missing, but not which.
        said.append(f"{missing} more choice{' belongs' if missing == 1 else 's belong'} to the answer.")
    return "wrong", " ".join(said)


def _judge_number(question: Question, answer: Any) -> Judged:
    number = answers.read_number(answer)
    if number is None:
        return "error", "The answer is one finite number, such as `12` or `0.5`."
    return _judged(question, answers.number_key(number, question.tolerance))


def _judge_order(question: Question, answer: Any) -> Judged:
    ordered = None if isinstance(answer, set | frozenset) else answer
    letters = answers.read_letters(ordered, len(question.choices))
    if letters is None or sorted(letters) != list(question.letters):
        example = f'`"{question.letters[::-1]}"`'
        return "error", f"The answer is the letters from a to {question.letters[-1]}, each of them once: {example}."
    return _judged(question, "".join(question.authored(letters)))


def _judge_curve(question: Question, answer: Any) -> Judged:
    count = len(question.positions)
    curve = answers.read_numbers(answer, count)
    if curve is None or not all(0 <= height <= 100 for height in curve):
        return "error", f"The answer is a list of {count} numbers from 0 to 100, such as `[50, 80, ...]`."
    if 0 < max(curve) <= 1:
        return "error", "These numbers look like shares. The answer is in percent: write 60 for 0.6."
    shape = answers.shape_of(curve, question.tolerance)
    outcome, why = _judged(question, shape)
    return outcome, f"{_SEEN[shape]} {why}"


def _judged(question: Question, canonical: str) -> Judged:
    reply = question.reply(canonical)
    if reply is None:
        return "wrong", question.otherwise
    return ("passed" if reply.right else "wrong"), reply.why


_JUDGES: dict[QuestionKind, Callable[[Question, Any], Judged]] = {
    "single": _judge_single,
    "multiple": _judge_multiple,
    "number": _judge_number,
    "order": _judge_order,
    "curve": _judge_curve,
}


def load_questions(lesson: str, learner: int = 0) -> dict[str, Question]:
    """Return the questions of a lesson ("02"), by id and in order; empty when the lesson has none.

    Each ``learner`` gets their own numbers and order of choices, the same every time; 0 gets the authors'.
    Raises CourseError when the file is damaged.
    """
    return {id: _variant(variants, learner) for id, variants in read_sealed(f"lesson_{lesson}").items()}


_BANK = TypeAdapter(dict[str, tuple[Question, ...]])


@cache
def read_sealed(stem: str) -> dict[str, tuple[Question, ...]]:
    """Return the variants of every question in the sealed file of that name; empty when there is no such file.

    Raises:
        CourseError: the file is damaged.
    """
    source = files("course_utils.learn") / "questions" / f"{stem}.json"
    return from_json(source.read_bytes(), source.name) if source.is_file() else {}


def from_json(text: bytes, name: str) -> dict[str, tuple[Question, ...]]:
    """Read sealed questions, each with its variants. ``name`` is the file's, for the CourseError if it is damaged."""
    try:
        content = json.loads(text)
        if content["checksum"] != checksum(content["questions"]):
            raise ValueError("the checksum differs")
        return _BANK.validate_python(content["questions"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(name) from None


def checksum(questions: object) -> str:
    """Return a short hash of sealed questions, which reveals damage to their file."""
    return hashlib.sha256(json.dumps(questions, sort_keys=True).encode()).hexdigest()[:16]


def _damaged(name: str) -> CourseError:
    return CourseError(
        f"The sealed questions in {name} are damaged. Put the course's own copy of the file back, or "
        "download the course again; your notebooks can stay as they are."
    )


def _variant(variants: Sequence[Question], learner: int) -> Question:
    if not learner:
        return variants[0]
    draw = Random(f"{learner} {variants[0].id}")
    question = draw.choice(variants)
    places = range(len(question.choices))
    return replace(question, arrangement=tuple(draw.sample(places, len(places))))
