"""Quick checks: short questions in which every choice has its own explanation.

The questions are data: ``questions/lesson_NN.toml``, written by the authors of the lessons. What may stand
there is said in ``questions/README.md`` and held up when a file is read.
"""

import math
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import ascii_lowercase
from typing import Any, Literal, get_args

from course_utils.errors import CourseError
from course_utils.learn.result import Outcome, Result
from course_utils.learn.show import Block, Items, Paragraph

Kind = Literal["single", "multiple", "number"]


@dataclass(frozen=True)
class Choice:
    """One lettered answer: what it says, whether it is right, and why."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class KnownWrong:
    """A number that learners often arrive at, and the step that leads there."""

    value: float
    why: str


@dataclass(frozen=True)
class Question:
    """A quick check. ``choices`` for single and multiple choice; the other fields for a number.

    ``tolerance`` is absolute; ``otherwise`` is said for a wrong number that nobody foresaw.
    """

    id: str
    kind: Kind
    text: str
    choices: tuple[Choice, ...] = ()
    value: float = math.nan
    tolerance: float = 0.0
    why: str = ""
    otherwise: str = ""
    known_wrong: tuple[KnownWrong, ...] = ()

    def check(self, answer: Any = None) -> Result:
        """Judge an answer: a letter, several letters, or a number; None or ... = not answered yet."""
        if answer is None or answer is ...:
            outcome, message = _UNATTEMPTED, _HOW_TO_ANSWER[self.kind]
        else:
            outcome, message = _JUDGES[self.kind](self, answer)
        return Result(
            id=self.id,
            title="Quick check",
            outcome=outcome,
            points=1.0 if outcome == "passed" else 0.0,
            max_points=1.0,
            message=message,
            context=self._shown(),
        )

    def _shown(self) -> tuple[Block, ...]:
        if not self.choices:
            return (Paragraph(self.text),)
        lettered = [(f"{letter})", choice.text) for letter, choice in zip(ascii_lowercase, self.choices, strict=False)]
        return (Paragraph(self.text), Items(lettered))


_UNATTEMPTED: Outcome = "unattempted"
_HOW_TO_ANSWER: dict[Kind, str] = {
    "single": 'Answer with one letter, such as `"b"`, and run the cell again.',
    "multiple": 'Answer with every letter that fits, such as `"ac"`, and run the cell again.',
    "number": "Answer with a number, and run the cell again.",
}


def _letters(question: Question, answer: Any) -> set[str] | None:
    """The letters of an answer written as "ac", "a, c", ["a", "c"] or {"a", "c"}; None when it is none of them."""
    if isinstance(answer, str):
        # Not every "a" is an answer: "a and c" must not become {a, n, d, c}.
        parts = re.split(r"[\s,;)(.]+", answer.lower())
        parts = list(parts[0]) if len(parts) == 1 else parts
    elif isinstance(answer, Iterable):
        parts = [str(part).strip(" ).").lower() for part in answer]
    else:
        return None
    letters = {part for part in parts if part}
    return letters if letters and letters <= set(ascii_lowercase[: len(question.choices)]) else None


def _judge_single(question: Question, answer: Any) -> tuple[Outcome, str]:
    letters = _letters(question, answer)
    if letters is None or len(letters) != 1:
        return "error", _letters_wanted(question)
    choice = question.choices[ascii_lowercase.index(letters.pop())]
    return ("passed" if choice.right else "wrong"), choice.why


def _judge_multiple(question: Question, answer: Any) -> tuple[Outcome, str]:
    letters = _letters(question, answer)
    if letters is None:
        return "error", _letters_wanted(question)
    chosen = dict(zip(ascii_lowercase, question.choices, strict=False))
    astray = [f"{letter}) {chosen[letter].why}" for letter in sorted(letters) if not chosen[letter].right]
    missing = sum(choice.right for letter, choice in chosen.items() if letter not in letters)
    if not astray and not missing:
        return "passed", " ".join(choice.why for choice in chosen.values() if choice.right)
    if missing:
        # Retrying is part of it: how many are missing is said, which ones is not.
        astray.append(f"{missing} more choice{' belongs' if missing == 1 else 's belong'} to the answer.")
    return "wrong", " ".join(astray)


def _judge_number(question: Question, answer: Any) -> tuple[Outcome, str]:
    if isinstance(answer, bool | str | bytes):
        return "error", "The answer is a number, without quotation marks, such as `12` or `0.5`."
    try:
        number = float(answer)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        return "error", "The answer is one finite number, such as `12` or `0.5`."
    slack = 1e-9 * abs(question.value)
    if abs(number - question.value) <= question.tolerance + slack:
        return "passed", question.why
    for known in question.known_wrong:
        if abs(number - known.value) <= question.tolerance + 1e-9 * abs(known.value):
            return "wrong", known.why
    return "wrong", question.otherwise


_JUDGES = {"single": _judge_single, "multiple": _judge_multiple, "number": _judge_number}


def _letters_wanted(question: Question) -> str:
    last = ascii_lowercase[len(question.choices) - 1]
    if question.kind == "single":
        return f'The answer is one letter from a to {last}, in quotation marks: `"b"`.'
    return f'The answer is letters from a to {last}, in quotation marks: `"ac"`.'


@cache
def load_questions(lesson: str) -> dict[str, Question]:
    """The questions of a lesson ("02"), by id and in order; empty when the lesson has none.

    Raises CourseError, naming the file, the question and the mend, when the file breaks the schema.
    """
    source = files("course_utils.learn") / "questions" / f"lesson_{lesson}.toml"
    if not source.is_file():
        return {}
    return parse_questions(source.read_text(encoding="utf-8"), source.name)


def parse_questions(text: str, name: str) -> dict[str, Question]:
    """Read questions from TOML. ``name`` stands in the messages of the CourseErrors that it raises."""
    try:
        tables = tomllib.loads(text).get("question", [])
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{name} is not valid TOML: {error}.") from None
    if not isinstance(tables, list) or not tables:
        raise CourseError(f"{name} holds no questions: each begins with a line [[question]].")
    questions: dict[str, Question] = {}
    for number, table in enumerate(tables, 1):
        where = f"{name}, question {table.get('id', number)}"
        question = _question(dict(table), where)
        if question.id in questions:
            raise CourseError(f"{where}: the id is used twice.")
        questions[question.id] = question
    return questions


def _question(table: dict[str, Any], where: str) -> Question:
    kind = table.get("kind")
    if kind not in get_args(Kind):
        raise CourseError(f"{where}: kind is {kind!r}; it is one of {', '.join(get_args(Kind))}.")
    texts: tuple[str, ...]
    if kind == "number":
        texts, extra = ("id", "text", "why", "otherwise"), {"kind", "value", "tolerance", "known_wrong"}
    else:
        texts, extra = ("id", "text"), {"kind", "choice"}
    _require(table, texts, extra, where)
    if not re.fullmatch(r"\d\d\.q\d+", table["id"]):
        raise CourseError(f'{where}: an id looks like "02.q1" (lesson, a dot, q and a number).')
    if kind == "number":
        for field in ("value", "tolerance"):
            if isinstance(table.get(field), bool) or not isinstance(table.get(field), int | float):
                raise CourseError(f"{where}: {field} is missing or no number.")
        known = tuple(_known_wrong(entry, where) for entry in table.pop("known_wrong", []))
        if any(abs(entry.value - table["value"]) <= table["tolerance"] for entry in known):
            raise CourseError(f"{where}: a known_wrong value lies within the tolerance of the right one.")
        return Question(**table, known_wrong=known)
    choices = tuple(_choice(entry, where) for entry in table.pop("choice", []))
    rights = sum(choice.right for choice in choices)
    if not 2 <= len(choices) <= len(ascii_lowercase) or not rights or (kind == "single" and rights != 1):
        wanted = "exactly one right choice" if kind == "single" else "at least one right choice"
        raise CourseError(f"{where}: it needs two choices or more, and {wanted}.")
    return Question(**table, choices=choices)


def _choice(entry: dict[str, Any], where: str) -> Choice:
    _require(entry, ("text", "why"), {"right"}, where + ", a choice")
    if not isinstance(entry.get("right", False), bool):
        raise CourseError(f"{where}: right is true or false.")
    return Choice(entry["text"], entry.get("right", False), entry["why"])


def _known_wrong(entry: dict[str, Any], where: str) -> KnownWrong:
    _require(entry, ("why",), {"value"}, where + ", a known_wrong")
    return KnownWrong(float(entry["value"]), entry["why"])


def _require(table: dict[str, Any], texts: tuple[str, ...], extra: set[str], where: str) -> None:
    for field in texts:
        if not isinstance(table.get(field), str) or not table[field].strip():
            raise CourseError(f"{where}: {field} is missing or empty.")
    unknown = set(table) - set(texts) - extra
    if unknown:
        raise CourseError(f"{where}: unknown field {', '.join(sorted(unknown))}.")
