"""The questions as their authors write them, one model for each kind; ``questions`` reads them from files."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, StrictStr, model_validator

from course_utils.authoring.arithmetic import Input, Number, evaluate, fill
from course_utils.learn.answers import SHAPES, Shape, keys_within, number_key
from course_utils.learn.quick_checks import QuestionKind
from course_utils.learn.replies import Foreseen

_Words = Annotated[str, Field(min_length=1, pattern=r"\S")]
_Several = Annotated[tuple[_Words, ...], Field(min_length=3, max_length=7)]


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


class _Reply(_Table):
    """A foreseen answer's reply; ``misconception`` names the one, of the lesson's front matter, that it reveals."""

    why: _Words
    misconception: str = ""


#: The names in a question's texts, with the values of one variant.
_Inputs = Mapping[str, Input]


class QuestionTable(_Table):
    """What every ``[[question]]`` has. ``topic``: the part of the lesson that a bank's question belongs to."""

    id: Annotated[str, Field(pattern=r"^\d\d\.(q\d+|k\d\d+)$")]
    text: _Words
    topic: str = ""
    variant: Annotated[tuple[dict[str, StrictInt | StrictFloat | StrictStr], ...], Field(min_length=1)] = ({},)

    @model_validator(mode="after")
    def _variants_are_whole(self) -> Self:
        if any(inputs.keys() != self.variant[0].keys() for inputs in self.variant):
            raise ValueError("give all [[question.variant]] the same names")
        for variant in self.variants():
            if len(set(variant.choices)) < len(variant.choices):
                raise ValueError(f"two choices are the same in the variant {variant.text!r}; change its numbers")
        return self

    def variants(self) -> list[AuthoredQuestion]:
        """Return each variant of the question with its answers."""
        return [self.fill(inputs) for inputs in self.variant]

    def fill(self, inputs: _Inputs) -> AuthoredQuestion:
        """Return the question with the numbers of one variant.

        Raises:
            ValueError: a text or a value asks for something that the variant does not have.
        """
        raise NotImplementedError

    def replies(self) -> Sequence[_Reply]:
        """Return the foreseen answers' own tables, in order."""
        raise NotImplementedError

    def misconceptions(self) -> dict[str, str]:
        """Return the ids of the misconceptions that the replies name, by the reason that the learner is told."""
        named = [reply for reply in self.replies() if reply.misconception]
        return {_filled(reply.why, inputs): reply.misconception for inputs in self.variant for reply in named}


def _filled(text: str, inputs: _Inputs) -> str:
    return fill(text, inputs) if inputs else text  # without variants, braces are just braces


class _Choice(_Reply):
    text: _Words
    right: Annotated[bool, Field(strict=True)] = False


class _Choices(QuestionTable):
    kind: Literal["single", "multiple"]
    choice: Annotated[tuple[_Choice, ...], Field(min_length=2, max_length=6)]

    @model_validator(mode="after")
    def _some_are_right(self) -> Self:
        rights = sum(choice.right for choice in self.choice)
        if not rights or (self.kind == "single" and rights != 1):
            wanted = "exactly one" if self.kind == "single" else "at least one"
            raise ValueError(f"{rights} of its {len(self.choice)} choices are right; mark {wanted} with right = true")
        return self

    def fill(self, inputs: _Inputs) -> AuthoredQuestion:
        foreseen = tuple(
            Foreseen(letter, choice.right, _filled(choice.why, inputs))
            for letter, choice in zip(ascii_lowercase, self.choice, strict=False)
        )
        texts = tuple(_filled(choice.text, inputs) for choice in self.choice)
        return AuthoredQuestion(self.id, self.kind, _filled(self.text, inputs), foreseen, choices=texts)

    def replies(self) -> Sequence[_Reply]:
        return self.choice


class _WrongOrder(_Reply):
    order: _Words


class _Order(QuestionTable):
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

    def fill(self, inputs: _Inputs) -> AuthoredQuestion:
        foreseen = (
            Foreseen(self.right, True, _filled(self.why, inputs)),
            *(Foreseen(wrong.order, False, _filled(wrong.why, inputs)) for wrong in self.known_wrong),
        )
        return AuthoredQuestion(
            self.id,
            self.kind,
            _filled(self.text, inputs),
            foreseen,
            choices=tuple(_filled(step, inputs) for step in self.steps),
            otherwise=_filled(self.otherwise, inputs),
        )

    def replies(self) -> Sequence[_Reply]:
        return self.known_wrong


class _NamedShape(_Reply):
    name: Shape
    right: Annotated[bool, Field(strict=True)] = False


class _Curve(QuestionTable):
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

    def fill(self, inputs: _Inputs) -> AuthoredQuestion:
        return AuthoredQuestion(
            self.id,
            self.kind,
            _filled(self.text, inputs),
            tuple(Foreseen(shape.name, shape.right, _filled(shape.why, inputs)) for shape in self.shape),
            positions=self.positions,
            tolerance=self.tolerance,
            otherwise=_filled(self.otherwise, inputs),
        )

    def replies(self) -> Sequence[_Reply]:
        return self.shape


#: A number, or arithmetic in quotation marks.
_Expression = StrictInt | StrictFloat | StrictStr


class _WrongNumber(_Reply):
    value: _Expression


class _Number(QuestionTable):
    kind: Literal["number"]
    value: _Expression
    tolerance: _Expression
    why: _Words
    otherwise: _Words
    unit: str = ""
    known_wrong: tuple[_WrongNumber, ...] = ()

    def fill(self, inputs: _Inputs) -> AuthoredQuestion:
        def number(expression: Number | str) -> Number:
            return evaluate(expression, inputs) if isinstance(expression, str) else expression

        tolerance = float(number(self.tolerance))
        if tolerance < 0:
            raise ValueError(f"tolerance is {tolerance:g}; give how far off an answer may be, 0 or more")
        foreseen = (
            Foreseen(number(self.value), True, _filled(self.why, inputs)),
            *(Foreseen(number(wrong.value), False, _filled(wrong.why, inputs)) for wrong in self.known_wrong),
        )
        _require_apart(foreseen, tolerance, inputs)
        return AuthoredQuestion(
            self.id,
            self.kind,
            _filled(self.text, inputs),
            foreseen,
            tolerance=tolerance,
            unit=self.unit,
            otherwise=_filled(self.otherwise, inputs),
        )

    def replies(self) -> Sequence[_Reply]:
        return self.known_wrong


def _require_apart(foreseen: tuple[Foreseen, ...], tolerance: float, inputs: _Inputs) -> None:
    taken: set[str] = set()
    for one in foreseen:
        if number_key(float(one.answer), tolerance) in taken:
            given = f" with {', '.join(f'{name} = {value}' for name, value in inputs.items())}" if inputs else ""
            raise ValueError(
                f"a known_wrong value lies within the tolerance of another value{given}; "
                "change it, or use a smaller tolerance"
            )
        taken.update(keys_within(float(one.answer), tolerance))


MODELS: dict[str, type[QuestionTable]] = {
    "single": _Choices,
    "multiple": _Choices,
    "number": _Number,
    "order": _Order,
    "curve": _Curve,
}
