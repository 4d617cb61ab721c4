"""Exercise 09.e2: the smallest rank that holds so much of a change."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_SHAPES = ((20, 12), (12, 20), (30, 8), (16, 16))
_SHARES = (0.5, 0.9, 0.99)
_COUNT = len(_SHAPES) * len(_SHARES)


class SmallestRanks(Exercise):
    """The learner's rank for every matrix and share."""

    id = "09.e2"
    points = 3
    fields = {"ranks": f"float[{_COUNT}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        changes = []
        for shape in _SHAPES:
            while not _clear(change := _draw(rng, shape)):  # a share just at the edge would be decided by rounding
                pass
            changes.append(change)
        return {"changes": changes}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        cases = [(change, share) for change in inputs["changes"] for share in _SHARES]
        return {"ranks": [number(call(answer, change, share), "one rank") for change, share in cases]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found = data["ranks"]
        if not np.isfinite(found).all() or not np.array_equal(found, found.round()):
            return wrong("not-whole")
        for code, rule in _RULES.items():
            wanted = [rule(_values(change), share) for change in inputs["changes"] for share in _SHARES]
            if np.array_equal(found, wanted):
                return wrong(code) if code else passed()
        return wrong("other-ranks")


def _draw(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Draw a matrix whose singular values fall off slowly at first, and faster later."""
    least = min(shape)
    values = np.exp(-np.arange(least) * rng.uniform(0.15, 0.35)) * rng.uniform(0.8, 1.2, least)
    left, right = (np.linalg.qr(rng.normal(size=(side, least)))[0] for side in shape)
    change: np.ndarray = left * values @ right.T * 10 ** rng.uniform(-3, 1)
    return change


def _clear(change: np.ndarray) -> bool:
    shares = [np.cumsum(part) / part.sum() for part in (_values(change), _values(change) ** 2)]
    return all(np.abs(share - wanted).min() > 1e-3 for share in shares for wanted in _SHARES)


def _values(change: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.linalg.svd(change, compute_uv=False)
    return found


def _first(shares: np.ndarray, share: float) -> int:
    return int(np.searchsorted(shares, share)) + 1


#: By code, the rank that each way to count gives; the right one has none.
_RULES: Mapping[str, Callable[[np.ndarray, float], int]] = {
    "": lambda s, share: _first(np.cumsum(s**2) / np.sum(s**2), share),
    "not-squared": lambda s, share: _first(np.cumsum(s) / np.sum(s), share),
    "one-too-few": lambda s, share: _first(np.cumsum(s**2) / np.sum(s**2), share) - 1,
    "one-too-many": lambda s, share: _first(np.cumsum(s**2) / np.sum(s**2), share) + 1,
    "from-the-smallest": lambda s, share: _first(np.cumsum(s[::-1] ** 2) / np.sum(s**2), share),
    "below-the-largest": lambda s, share: int((s >= (1 - share) * s[0]).sum()),
    "all-of-them": lambda s, share: len(s),
    "share-of-the-number": lambda s, share: int(np.ceil(share * len(s))),
}
