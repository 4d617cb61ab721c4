"""The quick checks as their authors write them: ``solutions/questions/lesson_NN.toml``.

The README beside those files describes the format; the models here enforce it.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import ascii_lowercase
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, ValidationError, model_validator

from course_utils.authoring.arithmetic import Number, evaluate, fill
from course_utils.errors import CourseError
from course_utils.learn.answers import SHAPES, Shape, keys_within, number_key
from course_utils.learn.quick_checks import QuestionKind
from course_utils.schemas import faults

QUESTIONS = Path("solutions") / "questions"  # in a checkout

_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
_Several = Annotated[tuple[_Words, ...], Field(min_length=3, max_length=7)]


@dataclass(frozen=True)
class Foreseen:
    """An answer that the authors foresaw (a letter, a number, letters in order or a shape), and the reply to it."""

    answer: str | Number
    right: bool
    why: str


@dataclass(frozen=True)
class AuthoredQuestion:
    """One variant of a question, with its answers."""

    id: str
    kind: QuestionKind
    text: str
    foreseen: tuple[Foreseen, ...]
    choices: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    tolerance: float = 0.0
    unit: str = ""
    otherwise: str = ""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Question(_Table):
    """What every ``[[question]]`` has."""

    id: Annotated[str, Field(pattern=r"^\d\d\.q\d+$")]
    text: _Words

    def variants(self) -> list[AuthoredQuestion]:
        """Return each variant of the question with its answers."""
        raise NotImplementedError


class _Choice(_Table):
    text: _Words
    why: _Words
    right: Annotated[bool, Field(strict=True)] = False


class _Choices(_Question):
    kind: Literal["single", "multiple"]
    choice: Annotated[tuple[_Choice, ...], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _some_are_right(self) -> Self:
        rights = sum(choice.right for choice in self.choice)
        if not rights or (self.kind == "single" and rights != 1):
            wanted = "exactly one" if self.kind == "single" else "at least one"
            raise ValueError(f"{rights} of its {len(self.choice)} choices are right; mark {wanted} with right = true")
        return self

    def variants(self) -> list[AuthoredQuestion]:
        foreseen = tuple(
            Foreseen(letter, choice.right, choice.why)
            for letter, choice in zip(ascii_lowercase, self.choice, strict=False)
        )
        texts = tuple(choice.text for choice in self.choice)
        return [AuthoredQuestion(self.id, self.kind, self.text, foreseen, choices=texts)]


class _WrongOrder(_Table):
    order: _Words
    why: _Words


class _Order(_Question):
    kind: Literal["order"]
    steps: _Several
    right: _Words
    why: _Words
    otherwise: _Words
    known_wrong: tuple[_WrongOrder, ...] = ()

    @model_validator(mode="after")
    def _orders_are_orders(self) -> Self:
        letters = ascii_lowercase[: len(self.steps)]
        orders = [self.right, *(wrong.order for wrong in self.known_wrong)]
        for order in orders:
            if sorted(order) != list(letters):
                raise ValueError(
                    f'"{order}" is not an order of the steps; write each letter from a to {letters[-1]} once'
                )
        if self.right == letters:
            raise ValueError("the steps are already in the right order; list them in a different one")
        ((most, times),) = Counter(orders).most_common(1)
        if times > 1:
            raise ValueError(f'the order "{most}" is given {times} times; keep one of them')
        return self

    def variants(self) -> list[AuthoredQuestion]:
        foreseen = (
            Foreseen(self.right, True, self.why),
            *(Foreseen(wrong.order, False, wrong.why) for wrong in self.known_wrong),
        )
        return [AuthoredQuestion(self.id, self.kind, self.text, foreseen, choices=self.steps, otherwise=self.otherwise)]


class _NamedShape(_Table):
    name: Shape
    why: _Words
    right: Annotated[bool, Field(strict=True)] = False


class _Curve(_Question):
    kind: Literal["curve"]
    positions: _Several
    tolerance: Annotated[float, Field(gt=0, lt=100, strict=True)]
    shape: tuple[_NamedShape, ...]
    otherwise: _Words

    @model_validator(mode="after")
    def _each_shape_once(self) -> Self:
        wanted = [shape for shape in SHAPES if shape != "mixed"]
        if sorted(shape.name for shape in self.shape) != sorted(wanted) or sum(s.right for s in self.shape) != 1:
            raise ValueError(f"give each of the shapes {', '.join(wanted)} one [[question.shape]], one of them right")
        return self

    def variants(self) -> list[AuthoredQuestion]:
        foreseen = tuple(Foreseen(shape.name, shape.right, shape.why) for shape in self.shape)
        return [
            AuthoredQuestion(
                self.id,
                self.kind,
                self.text,
                foreseen,
                positions=self.positions,
                tolerance=self.tolerance,
                otherwise=self.otherwise,
            )
        ]


#: A number, or arithmetic in quotation marks.
_Expression = StrictInt | StrictFloat | StrictStr


class _WrongNumber(_Table):
    value: _Expression
    why: _Words


class _Number(_Question):
    kind: Literal["number"]
    value: _Expression
    tolerance: _Expression
    why: _Words
    otherwise: _Words
    unit: str = ""
    known_wrong: tuple[_WrongNumber, ...] = ()
    variant: Annotated[tuple[dict[str, StrictInt | StrictFloat], ...], Field(min_length=1)] = ({},)

    @model_validator(mode="after")
    def _variants_are_whole(self) -> Self:
        if any(inputs.keys() != self.variant[0].keys() for inputs in self.variant):
            raise ValueError("give all [[question.variant]] the same names")
        self.variants()
        return self

    def variants(self) -> list[AuthoredQuestion]:
        return [self._with(inputs) for inputs in self.variant]

    def _with(self, inputs: Mapping[str, Number]) -> AuthoredQuestion:
        def number(expression: Number | str) -> Number:
            return evaluate(expression, inputs) if isinstance(expression, str) else expression

        def words(text: str) -> str:
            return fill(text, inputs) if inputs else text

        tolerance = float(number(self.tolerance))
        if tolerance < 0:
            raise ValueError(f"tolerance is {tolerance:g}; give how far off an answer may be, 0 or more")
        foreseen = (
            Foreseen(number(self.value), True, words(self.why)),
            *(Foreseen(number(wrong.value), False, words(wrong.why)) for wrong in self.known_wrong),
        )
        _require_apart(foreseen, tolerance, inputs)
        return AuthoredQuestion(
            self.id,
            self.kind,
            words(self.text),
            foreseen,
            tolerance=tolerance,
            unit=self.unit,
            otherwise=words(self.otherwise),
        )


def _require_apart(foreseen: tuple[Foreseen, ...], tolerance: float, inputs: Mapping[str, Number]) -> None:
    taken: set[str] = set()
    for one in foreseen:
        if number_key(float(one.answer), tolerance) in taken:
            given = f" with {', '.join(f'{name} = {value}' for name, value in inputs.items())}" if inputs else ""
            raise ValueError(
                f"a known_wrong value lies within the tolerance of another value{given}; "
                "change it, or use a smaller tolerance"
            )
        taken.update(keys_within(float(one.answer), tolerance))


_MODELS: dict[str, type[_Question]] = {
    "single": _Choices,
    "multiple": _Choices,
    "number": _Number,
    "order": _Order,
    "curve": _Curve,
}


def read_questions(root: Path) -> dict[str, dict[str, list[AuthoredQuestion]]]:
    """Read the questions of every lesson of the checkout ``root``.

    Returns:
        Lists of variants, by the file's stem and then by the question's id.

    Raises:
        CourseError: a file breaks the schema; the message names the file, the question and the fix.
    """
    sources = sorted((root / QUESTIONS).glob("lesson_*.toml"))
    return {source.stem: parse_questions(source.read_text(encoding="utf-8"), source.name) for source in sources}


def parse_questions(text: str, name: str) -> dict[str, list[AuthoredQuestion]]:
    """Read questions from TOML.

    Args:
        name: the file's name, for messages.

    Raises:
        CourseError: the text breaks the schema.
    """
    try:
        tables = tomllib.loads(text).get("question", [])
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{name} is not valid TOML: {error}; correct it there.") from None
    if not isinstance(tables, list) or not tables:
        raise CourseError(f"{name} holds no questions: each begins with a line [[question]].")
    questions: dict[str, list[AuthoredQuestion]] = {}
    for where, variants in _all(tables, name):
        if variants[0].id in questions:
            raise CourseError(f"{where}: the id is used twice; give one of the two questions a different id.")
        questions[variants[0].id] = variants
    return questions


def _all(tables: list[Any], name: str) -> Iterator[tuple[str, list[AuthoredQuestion]]]:
    for number, table in enumerate(tables, 1):
        where = f"{name}, question {table.get('id', number) if isinstance(table, dict) else number}"
        kind = table.get("kind") if isinstance(table, dict) else None
        if not isinstance(kind, str) or kind not in _MODELS:
            raise CourseError(f"{where}: kind is {kind!r}; write one of {', '.join(_MODELS)}.")
        try:
            yield where, _MODELS[kind].model_validate(table).variants()
        except ValidationError as problem:
            raise CourseError(f"{where}: {faults(problem)}.") from None
