"""What rows of measurements say: means over seeds, and the rate that validation pictures choose."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

_Row = dict[str, Any]
_Z = 1.96  # standard errors on either side that hold 95 % of a normal distribution


def mean_over_seeds(rows: Sequence[_Row], column: str, **where: Any) -> float:
    """Return the mean of a column over the rows that have the given values in other columns.

    Raises:
        CourseError: no row matches.
    """
    return float(np.mean([row[column] for row in _matching(rows, where)]))


def at_best_rate(rows: Sequence[_Row], **where: Any) -> list[_Row]:
    """Return the matching rows of one learning rate: the one with the highest mean accuracy on validation pictures.

    Args:
        rows: columns ``learning_rate`` and ``validation_target`` (0..1), one row per seed and rate.
        where: values that the rows must have in other columns.

    Raises:
        CourseError: no row matches.
    """
    tried = _matching(rows, where)
    best = max(
        dict.fromkeys(row["learning_rate"] for row in tried),
        key=lambda rate: mean_over_seeds(tried, "validation_target", learning_rate=rate),
    )
    return [row for row in tried if row["learning_rate"] == best]


def gain(rows: Sequence[_Row], method: str, *, over: str, labels: int) -> list[float]:
    """Return how many points of accuracy one method is ahead of another, for each seed; below 0 if behind.

    Args:
        rows: columns ``method``, ``labels``, ``seed`` and ``accuracy`` (0..1).
        method, over: the two methods.
        labels: the budget, per class.

    Raises:
        CourseError: one of the methods has no row with so many labels, or they have other seeds.
    """
    ahead, behind = (
        {row["seed"]: row["accuracy"] for row in _matching(rows, {"method": name, "labels": labels})}
        for name in (method, over)
    )
    if ahead.keys() != behind.keys():
        raise CourseError(f"{method!r} and {over!r} have different seeds at labels={labels}; compare the same ones.")
    return [100 * (ahead[seed] - behind[seed]) for seed in sorted(ahead)]


def wilson_interval(right: int, pictures: int) -> tuple[float, float]:
    """Return the ends, 0..1, of the 95 % interval of an accuracy (Wilson 1927).

    Args:
        right: how many pictures were right.
        pictures: how many there were, at least 1; independent of each other, or the interval is too narrow.
    """
    share, shrink = right / pictures, 1 + _Z**2 / pictures
    middle = share + _Z**2 / (2 * pictures)
    half = _Z * float(np.sqrt(share * (1 - share) / pictures + _Z**2 / (4 * pictures**2)))
    return max(0.0, (middle - half) / shrink), min(1.0, (middle + half) / shrink)


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> tuple[float, float, float]:
    """Return Spearman's rank correlation and the ends of its 95 % interval (Bonett and Wright 2000), each -1..1.

    A correlation of exactly 1 or -1 counts as 0.99 for the interval: a few pairs in perfect order prove little, too.

    Args:
        x, y: pairs of numbers, at least 4.

    Raises:
        CourseError: fewer pairs, or all numbers of one side are the same.
    """
    if len(x) != len(y) or len(x) < 4:
        raise CourseError(f"x has {len(x)} numbers and y has {len(y)}; give the same number of each, at least 4.")
    if len(set(x)) == 1 or len(set(y)) == 1:
        raise CourseError("All numbers of one side are the same, so they have no order; give others.")
    found = float(np.corrcoef(_ranks(x), _ranks(y))[0, 1])
    shown = float(np.clip(found, -0.99, 0.99))
    half = _Z * float(np.sqrt((1 + shown**2 / 2) / (len(x) - 3)))
    low, high = np.tanh(np.arctanh(shown) + np.array([-half, half]))
    return found, float(low), float(high)


def _ranks(numbers: Sequence[float]) -> NDArray[np.float64]:
    """Return each number's rank; equal numbers share the mean of theirs."""
    ordered = np.sort(numbers)
    ranks: NDArray[np.float64] = (
        np.searchsorted(ordered, numbers, "left") + np.searchsorted(ordered, numbers, "right")
    ) / 2
    return ranks


def _matching(rows: Sequence[_Row], where: dict[str, Any]) -> list[_Row]:
    found = [row for row in rows if all(row.get(key) == value for key, value in where.items())]
    if not found:
        raise CourseError(f"No row has {', '.join(f'{key}={value!r}' for key, value in where.items()) or 'any value'}.")
    return found
