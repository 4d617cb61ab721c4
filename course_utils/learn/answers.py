"""Read what learners write as answers, and give the canonical form in which an answer is looked up.

A reader returns None for anything that it can't read. It never raises, and it reads no answer without end.
"""

import math
import re
from collections.abc import Iterable, Sequence
from itertools import islice
from string import ascii_lowercase
from typing import Any, Literal, get_args

Shape = Literal["rising", "falling", "flat", "peak", "valley", "mixed"]
SHAPES: tuple[Shape, ...] = get_args(Shape)

_BUCKETS = 4  # per tolerance
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
_TYPED = re.compile(r"[+-]?(\d{1,30}([.,]\d{0,30})?|[.,]\d{1,30})(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)


def read_letters(answer: Any, count: int) -> list[str] | None:
    """Return the letters, from the first ``count``, in an answer such as "ac", "a, c", ["a", "c"] or {"a", "c"}."""
    if isinstance(answer, str):
        # Not every "a" is an answer: "a and c" must not become a, n, d, c.
        parts = re.split(r"[\s,;)(.>-]+", answer.lower().strip(" ,;)(.>-\n\t"))
        parts = list(parts[0]) if len(parts) == 1 else parts
    else:
        given = _several(answer, len(ascii_lowercase))
        if given is None or not all(isinstance(part, str) for part in given):
            return None
        parts = [part.strip(" ).").lower() for part in given]
    return parts if parts and set(parts) <= set(ascii_lowercase[:count]) else None


def read_number(answer: Any) -> float | None:
    """Return the answer as a finite number, also from a text such as "5", "5 %" or "5,0"; None for anything else.

    A comma before exactly three digits separates thousands, as in the lessons' texts, unless a zero precedes it.
    """
    if isinstance(answer, bool | bytes | bytearray):
        return None
    if isinstance(answer, str):
        typed = answer.strip().removesuffix("%").rstrip().replace("\N{MINUS SIGN}", "-")
        if _THOUSANDS.fullmatch(typed):
            typed = typed.replace(",", "")
        answer = typed.replace(",", ".") if _TYPED.fullmatch(typed) else None
    try:
        number = float(answer)
    except Exception:  # float() calls the answer's own code
        return None
    return number if math.isfinite(number) else None


def read_numbers(answer: Any, count: int) -> list[float] | None:
    """Return the answer as exactly ``count`` finite numbers."""
    numbers = [read_number(part) for part in _several(answer, count + 1) or ()]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) == count else None


def number_key(number: float, tolerance: float) -> str:
    """Return the canonical form of a number: its bucket, a quarter of the tolerance wide.

    Without a tolerance it is the number itself, to 12 digits, so that ``3 * 0.1`` equals 0.3.
    """
    if tolerance == 0:
        return f"{number + 0.0:.12g}"
    bucket = number / tolerance * _BUCKETS
    return f"bucket {round(bucket) if math.isfinite(bucket) else bucket}"


def keys_within(number: float, tolerance: float) -> list[str]:
    """Return the canonical forms of all numbers at most ``tolerance`` from ``number``.

    The outermost buckets may reach past the tolerance by less than a quarter of it.
    """
    if tolerance == 0:
        return [number_key(number, 0)]
    slack = 1e-6  # in buckets: 20 - 0.3 is within 0.3 of 20, whatever the last bit is
    first = round((number - tolerance) / tolerance * _BUCKETS - slack)
    last = round((number + tolerance) / tolerance * _BUCKETS + slack)
    return [f"bucket {bucket}" for bucket in range(first, last + 1)]


def shape_of(curve: Sequence[float], tolerance: float) -> Shape:
    """Return the shape of a curve; rises and falls of at most ``tolerance`` don't count."""
    rises, falls = _largest_rise(curve) > tolerance, _largest_rise(curve[::-1]) > tolerance
    if not rises or not falls:
        return "rising" if rises else "falling" if falls else "flat"
    top, bottom = curve.index(max(curve)), curve.index(min(curve))
    if _largest_rise(curve[: top + 1][::-1]) <= tolerance and _largest_rise(curve[top:]) <= tolerance:
        return "peak"
    if _largest_rise(curve[: bottom + 1]) <= tolerance and _largest_rise(curve[bottom:][::-1]) <= tolerance:
        return "valley"
    return "mixed"


def _largest_rise(curve: Sequence[float]) -> float:
    """The largest rise of the curve, from any point to any later one."""
    lowest, rise = math.inf, 0.0
    for height in curve:
        lowest = min(lowest, height)
        rise = max(rise, height - lowest)
    return rise


def _several(answer: Any, most: int) -> list[Any] | None:
    """Return at most ``most`` parts of an answer; None if it isn't made of parts."""
    if not isinstance(answer, Iterable) or isinstance(answer, str | bytes | bytearray):
        return None
    try:
        return list(islice(answer, most))
    except Exception:  # iterating runs the answer's own code
        return None
