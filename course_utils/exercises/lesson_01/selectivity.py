"""Exercise 01.e1: how much a filter prefers one angle."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_FILTERS = 5


def _selectivity(r: np.ndarray) -> float:
    total = float(r.max() + r.min())
    return float(np.ptp(r)) / total if total else 0.0


_MISTAKES: dict[str, Callable[[np.ndarray], float]] = {
    "difference-alone": lambda r: float(np.ptp(r)),
    "wrong-way-round": lambda r: 1 - _selectivity(r),
    "divided-by-strongest": lambda r: float(np.ptp(r) / r.max()),
    "divided-by-sum": lambda r: float(np.ptp(r) / r.sum()),
    "first-against-last": lambda r: float(abs(r[-1] - r[0]) / max(r[-1] + r[0], 1e-12)),
}


class OrientationSelectivity(Exercise):
    """The learner's index for the responses of several filters."""

    id = "01.e1"
    points = 1
    fields = {"index": f"float[{_FILTERS}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        soft = _soft_preference(rng)
        responses = [
            np.full(4, 2.0),
            rng.permutation([3.0, 0.0, 0.0, 0.0]),
            soft,
            10 * rng.permutation(soft),
            np.zeros(3),
        ]
        brightness = np.round(rng.uniform(0.5, 2, _FILTERS), 2)
        return {"responses": [b * r for b, r in zip(brightness, responses, strict=True)]}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"index": [number(call(answer, r), "one number between 0 and 1") for r in inputs["responses"]]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        responses, found = inputs["responses"], data["index"]
        wanted = np.array([_selectivity(r) for r in responses])
        loud = np.array([r.any() for r in responses])
        right = np.isclose(found, wanted)
        if all(right):
            return passed()
        if all(right[loud]):
            return wrong("zero-by-zero")
        for code, rule in _MISTAKES.items():
            if np.allclose(found[loud], [rule(r) for r in responses if r.any()]):
                return wrong(code)
        off = int(np.argmin(right))
        numbers = [round(float(r), 3) for r in responses[off]]
        return wrong("another-number", responses=str(numbers), found=float(found[off]), wanted=float(wanted[off]))


def _soft_preference(rng: np.random.Generator) -> np.ndarray:
    """Draw responses at six angles, the strongest neither first nor last, so that comparing these is never right."""
    weakest, strongest = rng.uniform(1, 2), rng.uniform(3, 6)
    others = rng.permutation([weakest, *rng.uniform(weakest, strongest, 4)])
    return np.insert(others, rng.integers(1, len(others)), strongest)
