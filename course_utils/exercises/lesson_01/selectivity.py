"""Exercise 01.e1: how much a filter prefers one angle."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Verdict, call

_SHAPES = {
    "the same at every angle": [2.0, 2.0, 2.0, 2.0],
    "one angle only": [0.0, 3.0, 0.0, 0.0],
    "a soft preference": [1.0, 2.0, 4.0, 2.0, 1.0, 1.5],
    "the same, brighter": [10.0, 20.0, 40.0, 20.0, 10.0, 15.0],
    "silent": [0.0, 0.0, 0.0],
}
_RULES: tuple[tuple[Callable[[np.ndarray], float], str], ...] = (
    (
        np.ptp,
        "That is the difference alone, so a brighter picture would look more selective. Divide it by max + min.",
    ),
    (lambda r: 1 - _selectivity(r), "Yours is the wrong way round: 1 should mean that the filter prefers one angle."),
    (
        lambda r: np.ptp(r) / r.max(),
        "You divided by the strongest response alone. The index divides by the strongest *and* the weakest: max + min.",
    ),
    (lambda r: np.ptp(r) / r.sum(), "You divided by the sum over all angles. Divide by two of them only: max + min."),
    (
        lambda r: abs(r[-1] - r[0]) / max(r[-1] + r[0], 1e-12),
        "You compared the first angle with the last. Look for the strongest and the weakest wherever they stand.",
    ),
)
FIELDS = {"index": f"float[{len(_SHAPES)}]"}


def _selectivity(r: np.ndarray) -> float:
    total = float(r.max() + r.min())
    return float(np.ptp(r)) / total if total else 0.0


def _responses(seed: int) -> list[np.ndarray]:
    """The responses of each case: another brightness, and every angle but the first at another place."""
    rng = np.random.default_rng(seed)
    brightness = np.round(rng.uniform(0.5, 2, len(_SHAPES)), 2)
    return [b * np.array([s[0], *rng.permutation(s[1:])]) for b, s in zip(brightness, _SHAPES.values(), strict=True)]


def evidence(orientation_selectivity: Callable[..., Any], seed: int) -> Evidence:
    """The learner's number for each case."""
    return {"index": [number(call(orientation_selectivity, r), "one number between 0 and 1") for r in _responses(seed)]}


def verdict(evidence: Evidence, seed: int) -> Verdict:
    responses, found = _responses(seed), evidence["index"]
    wanted = np.array([_selectivity(r) for r in responses])
    loud = np.array([case != "silent" for case in _SHAPES])
    right = np.isclose(found, wanted)
    if all(right):
        return Verdict(RIGHT, "0 for a filter that answers every angle alike, 1 for one that answers a single angle.")
    if all(right[loud]):
        words = "A filter that never answers divides 0 by 0 here. Give back 0.0 for it: no answer is no preference."
        return Verdict(WRONG, words)
    for rule, message in _RULES:
        if np.allclose(found[loud], [rule(r) for r, heard in zip(responses, loud, strict=True) if heard]):
            return Verdict(WRONG, message)
    off = int(np.argmin(right))
    numbers = [round(float(r), 3) for r in responses[off]]
    words = f"For {numbers} yours is {found[off]:.3g}, and (max - min) / (max + min) is {wanted[off]:.3g}."
    return Verdict(WRONG, words)
