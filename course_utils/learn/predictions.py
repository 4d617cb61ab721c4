"""Predict, then reveal: learners write a guess down before they see the measurement.

A guess is near if it is off by at most a twentieth of the range of possible values. Percentages range over 100 points,
differences of percentages over 200. Where there is no upper end, what counts is the ratio, and the range is taken as
two orders of magnitude: near is a factor of at most 1.26. A guess in words is near if it is the same word.
"""

import math
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

from course_utils.errors import CourseError
from course_utils.learn import progress
from course_utils.learn.answers import read_number
from course_utils.learn.show import Bars, Block, Card, Message, Paragraph
from course_utils.learn.wording import kind

Guess = float | str
_NEAR = 1 / 20  # of the range
_ORDERS = 2  # of magnitude, the range of what has no upper end


_Ends = tuple[float, float]


@dataclass(frozen=True)
class _Unit:
    """What a guess may be: in words, by an example, and the two ends of the numbers; no ends where it is a text."""

    words: str
    example: str
    ends: _Ends | None = None


#: Units whose measurements are shares in 0..1, with the least and the most that they can be.
_SHARES: dict[str, _Ends] = {"percent": (0, 100), "points": (-100, 100)}
_ABOVE_0 = {"times": "3", "labels": "20", "pixels": "9", "seconds": "2", "rate": "1e-3"}
_UNITS = {
    "percent": _Unit("a number from 0 to 100", "60", _SHARES["percent"]),
    "points": _Unit("a number from -100 to 100", "5", _SHARES["points"]),
    "block": _Unit("a name in quotation marks", '"block3"'),
    "cell": _Unit("a text in quotation marks", '"3 blocks at 1e-4"'),
    **{unit: _Unit("a number above 0", example, (math.ulp(0.0), math.inf)) for unit, example in _ABOVE_0.items()},
}
_ANY = _Unit("a number or a text", "60")
#: By id, the unit of a prediction that was passed by without a guess: its measurement is shown in the same one.
_passed_by: dict[str, str] = {}


def predict(id: str, *unnamed: object, **guess: float | str | EllipsisType | None) -> Message:
    """Write down a guess before the measurement: ``predict("02.five-labels", percent=60)``.

    The one keyword names the unit (``percent``, ``points`` between two percentages, ``times``, ``seconds``,
    ``labels`` ...) or, for a guess in words, the thing (``block="block3"``). ``None`` or ``...`` means that there is no
    guess yet, which is not an error; a guess that the unit doesn't allow is refused with a sentence. Returns a card
    that shows itself. Raises CourseError unless there is exactly one keyword and nothing else.
    """
    if unnamed or len(guess) != 1:
        given = "write its name before it" if unnamed else f"{len(guess)} were given"
        raise CourseError(f'predict("{id}", ...) takes one guess with its name, such as percent=60; {given}.')
    ((unit, value),) = guess.items()
    title = f"Your prediction ({id})"
    if value is None or value is ...:
        _passed_by[id] = unit
        earlier = _stored(id)
        if earlier is not None:
            words = f"Your earlier guess still counts: {_worded(earlier['guess'], earlier['unit'])}."
            return Message(Card(title, [Paragraph(words)], tone="open"))
        words = f"Write your guess as `{unit}=...` and run this cell again. You can also go on without one."
        return Message(Card(title, [Paragraph(words)], tone="open"))

    committed = _committed(value, unit)
    if committed is None:
        return Message(Card(title, [Paragraph(_refused(value, unit))], tone="open"))
    note = progress.update(
        lambda record: record["predictions"].__setitem__(id, {"guess": committed, "unit": unit, "measured": None})
    )
    blocks: list[Block] = [Paragraph(f"Written down: {_worded(committed, unit)}. Now run the next cells and see.")]
    if unit == "percent" and isinstance(committed, float) and 0 < committed < 1:
        blocks.append(Paragraph(f"If you mean {100 * committed:g} %, write `percent={100 * committed:g}`."))
    return Message(Card(title, blocks, tone="plain", note=note))


def reveal(id: str, measured: Any, **beside: Any) -> Message:
    """Show the guess beside the measurement, and any other measurements ``beside`` it in the same unit.

    Where the guess was in percent or points, measurements are shares in 0..1, as Keras and scikit-learn return them.
    Returns a card that shows itself; without a guess it shows the measurement alone.
    """
    stored = _stored(id)
    unit = stored["unit"] if stored else _passed_by.get(id) or _likely_unit(measured)
    value = _in_unit(measured, unit)
    rows = [("your guess", stored["guess"])] if stored else []
    rows += [("measured", value)]
    rows += [(name.replace("_", " "), _in_unit(other, unit)) for name, other in beside.items()]
    blocks: list[Block] = [
        Bars("Your guess beside the measurement" if stored else "The measurement", _bars(rows, unit))
    ]
    note = ""
    if stored:
        note = progress.update(lambda record: record["predictions"].update({id: {**stored, "measured": value}}))
        blocks.append(Paragraph(_distance(stored["guess"], value, unit)))
    else:
        blocks.append(Paragraph("No guess was written down. Guess first next time: a surprise is easier to remember."))
    return Message(Card(f"Prediction and measurement ({id})", blocks, tone="plain", note=note))


def _stored(id: str) -> dict[str, Any] | None:
    record, _ = progress.load()
    return _usable(record["predictions"].get(id, {}))


def _usable(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return an entry of the record, or None if it was edited into one that can't be shown."""
    return entry if isinstance(entry.get("unit"), str) and _is_guess(entry.get("guess")) else None


def _is_guess(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, float) and not math.isnan(value))


def _plain(value: Any) -> Guess | None:
    """Return the value as a float or a short str (NumPy scalars included), or None."""
    if isinstance(value, str):
        return value.strip()[:200] or None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return None if math.isnan(number) else number


def _committed(value: Any, unit: str) -> Guess | None:
    """Return a guess as it is written down, or None if the unit has no such value."""
    guess = None if isinstance(value, bool) else _plain(value)
    if unit not in _UNITS:
        return guess
    ends = _UNITS[unit].ends
    if ends is None:
        return guess if isinstance(guess, str) else None
    number = read_number(guess) if isinstance(guess, str) else guess
    return number if number is not None and ends[0] <= number <= ends[1] else None


def _refused(value: Any, unit: str) -> str:
    wanted, number = _UNITS.get(unit, _ANY), _plain(value)
    given = f"{number:g}" if isinstance(number, float) and not isinstance(value, bool) else kind(value)
    return f"`{unit}` is {wanted.words}, such as `{unit}={wanted.example}`, not {given}. Change it and run again."


def _in_unit(measured: Any, unit: str) -> Guess:
    value = _plain(measured)
    if value is None:
        return str(measured)[:200]
    if isinstance(value, str) and unit in _ABOVE_0:
        number = read_number(value)
        return value if number is None else number
    return 100 * value if unit in _SHARES and isinstance(value, float) and abs(value) <= 1 else value


def _likely_unit(measured: Any) -> str:
    value = _plain(measured)
    return "percent" if isinstance(value, float) and 0 <= value <= 1 else ""


def _worded(value: Guess, unit: str) -> str:
    if isinstance(value, str):
        return value
    if unit == "percent":
        return f"{value:.3g} %"
    if math.isinf(value):
        return "beyond what was measured"
    if unit == "rate":
        return f"a rate of {value:g}".replace("e-0", "e-")
    number = f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.3g}"
    return f"{number} {unit.replace('_', ' ')}".strip()


def _bars(rows: list[tuple[str, Guess]], unit: str) -> list[tuple[str, str, float | None]]:
    numbers = [value for _, value in rows if isinstance(value, float) and math.isfinite(value)]
    longest = 100.0 if unit == "percent" else max(map(abs, numbers), default=0.0)
    return [
        (
            label,
            _worded(value, unit),
            abs(value) / longest if isinstance(value, float) and math.isfinite(value) and longest else None,
        )
        for label, value in rows
    ]


def _distance(guess: Guess, measured: Guess, unit: str) -> str:
    near = _is_near(guess, measured, unit)
    if isinstance(guess, str) or isinstance(measured, str):
        return "You saw it coming." if near else "Not what you expected? Read on: the next lines say why."
    if math.isinf(guess) or math.isinf(measured):
        return "There is no finite number to compare with."
    if not near:
        return f"Your guess was {_astray(guess, measured, unit)}."
    if unit in _SHARES:
        gap = abs(guess - measured)
        return f"You were within {max(gap, 1):.0f} point{'' if gap < 1.5 else 's'}. Good eye."
    return f"You were within {math.ceil(100 * abs(guess / measured - 1)) if measured else 0} % of it. Good eye."


def _is_near(guess: Guess, measured: Guess, unit: str) -> bool:
    if isinstance(guess, str) or isinstance(measured, str):
        return str(guess).strip().casefold() == str(measured).strip().casefold()
    return guess == measured or _off(guess, measured, unit) <= _NEAR


def _off(guess: float, measured: float, unit: str) -> float:
    """Return how far a guess is off, as a part of the range of possible values; infinite if they can't be compared."""
    if unit in _SHARES:
        least, most = _SHARES[unit]
        return abs(guess - measured) / (most - least)
    if guess * measured <= 0 or math.isinf(guess) or math.isinf(measured):
        return math.inf
    return abs(math.log10(guess / measured)) / _ORDERS


def _astray(guess: float, measured: float, unit: str) -> str:
    direction = "high" if guess > measured else "low"
    if unit in _SHARES:
        return f"{abs(guess - measured):.0f} points too {direction}"
    if math.isinf(_off(guess, measured, unit)):
        return f"too {direction}"
    ratio = guess / measured
    return f"too {direction} by a factor of {max(ratio, 1 / ratio):.2g}"


@dataclass(frozen=True)
class Compared:
    """A guess that was compared with its measurement.

    Attributes:
        off: how far off, as a part of the range of possible values; None for words, infinite if they can't be compared.
        gap: guess less measurement, in points; None unless both are percentages or points.
        words: both, and what lies between them.
    """

    id: str
    unit: str
    guess: Guess
    measured: Guess
    near: bool
    off: float | None
    gap: float | None
    words: str


def compared(record: dict[str, Any]) -> list[Compared]:
    """Return the predictions that were compared with a measurement, in the order of the lessons."""
    found = []
    for id in sorted(record["predictions"]):
        entry = _usable(record["predictions"][id])
        if entry is None or not _is_guess(entry.get("measured")):
            continue
        found.append(_compare(id, entry["guess"], entry["measured"], entry["unit"]))
    return found


def _compare(id: str, guess: Guess, measured: Guess, unit: str) -> Compared:
    near, off, gap = _is_near(guess, measured, unit), None, None
    words = f"you said {_worded(guess, unit)}, and it was {_worded(measured, unit)}"
    if not isinstance(guess, str) and not isinstance(measured, str):
        off = _off(guess, measured, unit)
        gap = guess - measured if unit in _SHARES else None
        words += "" if near else f": {_astray(guess, measured, unit)}"
    return Compared(id, unit, guess, measured, near, off, gap, words)


def surprises(record: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the predictions that were off, in the order of the lessons: (id, guess and measurement in words)."""
    return [(f"{one.id}:", f"{one.words}.") for one in compared(record) if not one.near]
