"""Exercise 12.e1: learning rates drawn evenly over powers of ten."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_COUNT = 400
_RANGES = 3
#: The largest distance between two distribution functions that 400 draws leave to chance, once in ten million draws.
_CHANCE = 0.145


class DrawnRates(Exercise):
    """The learner's draws from several ranges, twice with one generator's seed and once with another's."""

    id = "12.e1"
    points = 2
    fields = {
        "first": f"float[{_RANGES},{_COUNT}]",
        "same": f"float[{_RANGES},{_COUNT}]",
        "other": f"float[{_RANGES},{_COUNT}]",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        low = rng.uniform(-7, -4, _RANGES)
        high = low + rng.uniform(2, 4, _RANGES)
        return {"low": 10**low, "high": 10**high, "seeds": rng.choice(10_000, 2, replace=False).tolist()}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        first, other = inputs["seeds"]
        return {
            name: np.array(
                [_draws(answer, low, high, seed) for low, high in zip(inputs["low"], inputs["high"], strict=True)]
            )
            for name, seed in (("first", first), ("same", first), ("other", other))
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        rates, low, high = data["first"], inputs["low"][:, None], inputs["high"][:, None]
        if not all(np.isfinite(drawn).all() for drawn in data.values()):
            return wrong("not-finite")
        if _inside(rates, np.log10(low), np.log10(high)) or _inside(rates, np.log(low), np.log(high)):
            return wrong("exponents")
        if not _inside(rates, low, high):
            return wrong("outside", beyond=float(1 - ((rates >= low) & (rates <= high)).mean()))
        if not np.array_equal(rates, data["same"]):
            return wrong("own-generator")
        if np.array_equal(rates, data["other"]):
            return wrong("not-drawn")
        if min(len(np.unique(row)) for row in rates) < _COUNT / 2:
            return wrong("few-values")
        if _distance(rates, low, high) < _CHANCE:
            return wrong("evenly-spaced")
        if _from_even(np.log(rates), np.log(low), np.log(high)) < _CHANCE:
            return passed()
        below = float((rates < np.sqrt(low * high)).mean())
        return wrong("evenly" if _from_even(rates, low, high) < _CHANCE else "unevenly", below=below)


def _draws(answer: Callable[..., Any], low: float, high: float, seed: int) -> np.ndarray:
    found = call(answer, float(low), float(high), _COUNT, np.random.default_rng(seed))
    with learners_code():
        rates = np.asarray(found, dtype=float)
    if rates.shape != (_COUNT,):
        raise Unusable("other-count", found=kind(found) if rates.ndim == 0 else str(rates.shape), wanted=_COUNT)
    return rates


def _inside(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> bool:
    edge = 1e-9 * np.abs(high)
    return bool(((values >= low - edge) & (values <= high + edge)).all())


def _from_even(values: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Return how far the values are from an even distribution between the ends (Kolmogorov and Smirnov), at worst."""
    place = np.sort((values - low) / (high - low), axis=1)
    step = np.arange(_COUNT + 1) / _COUNT
    return float(np.maximum(step[1:] - place, place - step[:-1]).max())


def _distance(rates: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """Return how far neighbours, in order, are from equally far apart; random draws leave gaps of all sizes."""
    place = np.sort(np.log(rates / low) / np.log(high / low), axis=1)
    gaps = np.diff(place, axis=1)
    return float((gaps.std(axis=1) / gaps.mean(axis=1)).min())
