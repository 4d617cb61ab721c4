"""Helpers that put numbers into words for figures."""

import math
from collections.abc import Iterable

#: Columns of measurements that hold shares in 0..1, which learners read as percentages.
SHARES = frozenset({"accuracy", "purity", "share"})


def lead(title: str) -> str:
    """Return a title as the first sentence of an alternative text; empty without a title."""
    return f"{title.rstrip('.?!')}. " if title else ""


def count(n: int, noun: str) -> str:
    """Return a number with its noun: ``count(1, "row")`` is ``1 row``, ``count(2, "row")`` is ``2 rows``."""
    return f"{n} {noun}" + ("s" if n != 1 else "")


def percent(share: float) -> str:
    """Return a share as learners read it: ``0.945`` is ``94 %``; ``0.996`` is ``99.6 %``, since it is not all."""
    return f"{min(99.9, 100 * share):.1f} %" if 0.995 <= share < 1 else f"{100 * share:.0f} %"


def scientific(value: float) -> str:
    """Return a number as learning rates are written: ``0.0003`` is ``3e-4``."""
    mantissa, exponent = f"{value:.0e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def number(value: float, column: str) -> str:
    """Return a column's number as text; shares become percentages."""
    return percent(value) if column in SHARES else f"{value:.3g}"


def numbers_alike(values: Iterable[float], column: str) -> list[str]:
    """Return numbers that are read beside each other as texts, all with as many decimals as suit the largest.

    5.2 and -0.062 become 5.2 and -0.1 (with a real minus sign); shares become percentages.
    """
    values = list(values)
    if column in SHARES:
        return [percent(value) for value in values]
    largest = max((abs(value) for value in values), default=0.0)
    if largest == 0:
        return ["0"] * len(values)
    decimals = 0 if largest >= 100 else 1 if largest >= 1 else 1 - math.floor(math.log10(largest))
    return [f"{round(value, decimals) + 0.0:.{decimals}f}".replace("-", "\N{MINUS SIGN}") for value in values]


def place(y: float, x: float) -> str:
    """Return where in a picture a point lies, given as shares of its height and width."""
    vertical = ("top", "middle", "bottom")[min(2, int(3 * y))]
    horizontal = ("left", "centre", "right")[min(2, int(3 * x))]
    return f"at the {vertical} {horizontal}"
