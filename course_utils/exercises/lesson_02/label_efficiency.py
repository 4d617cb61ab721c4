"""Exercise 02.e3: the label-efficiency factor from two curves."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Verdict, call


class Curves(NamedTuple):
    """The budgets, the accuracies of transfer and of scratch, and the budget to compare at."""

    labels: list[int]
    transfer: list[float]
    scratch: list[float]
    at: int


_CURVES = {
    "on a measured point": Curves([1, 5, 20, 100], [0.60, 0.70, 0.80, 0.90], [0.20, 0.40, 0.60, 0.70], 5),
    "between two points": Curves([1, 10, 100, 1000], [0.50, 0.60, 0.70, 0.80], [0.10, 0.30, 0.50, 0.70], 10),
    "the same curve": Curves([1, 10, 100], [0.30, 0.50, 0.90], [0.30, 0.50, 0.90], 10),
    "no gain": Curves([2, 20, 200], [0.30, 0.50, 0.90], [0.50, 0.60, 0.95], 20),
    "out of reach": Curves([1, 10, 100], [0.80, 0.90, 0.95], [0.20, 0.40, 0.60], 1),
}
FIELDS = {"factor": f"float[{len(_CURVES)}]"}


def _curves(seed: int) -> dict[str, Curves]:
    """The curves of each case, with other budgets and other accuracies."""
    rng = np.random.default_rng(seed)
    drawn = {}
    for case, (labels, transfer, scratch, at) in _CURVES.items():
        times, up = int(rng.integers(1, 5)), float(rng.uniform(0, 0.05))
        bend = rng.uniform(-0.03, 0.03, len(scratch)) if case == "between two points" else np.zeros(len(scratch))
        drawn[case] = Curves(
            [times * n for n in labels],
            [round(accuracy + up, 3) for accuracy in transfer],
            [round(float(accuracy + up + b), 3) for accuracy, b in zip(scratch, bend, strict=True)],
            times * at,
        )
    return drawn


def _factor(curves: Curves, *, log: bool = True) -> float:
    labels, transfer, scratch, at = curves
    target = transfer[labels.index(at)]
    if target > scratch[-1]:
        return math.inf
    place = np.interp(target, scratch, np.log(labels) if log else labels)
    return float(np.exp(place) if log else place) / at


def _ratio_of_accuracies(curves: Curves) -> float:
    place = curves.labels.index(curves.at)
    return curves.transfer[place] / curves.scratch[place]


_RULES: tuple[tuple[Callable[[Curves], float], str], ...] = (
    (
        lambda curves: _factor(curves, log=False),
        "You read the scratch curve on a linear axis. Interpolate in `log(labels)`: from 5 to 20 is as far as from 20"
        " to 80.",
    ),
    (
        lambda curves: _factor(curves) * curves.at,
        "That is how many labels scratch needs. Divide it by `at`, the labels that transfer had.",
    ),
    (
        lambda curves: 1 / _factor(curves),
        "Your fraction is upside down: divide the labels that scratch needs by those that transfer had.",
    ),
    (
        _ratio_of_accuracies,
        "That compares accuracies at the same number of labels. Compare *labels* at the same accuracy: read the curves"
        " sideways.",
    ),
    (
        lambda curves: _factor(curves._replace(transfer=curves.scratch, scratch=curves.transfer)),
        "You have taken the two curves for each other: start from what *transfer* reaches, then look along *scratch*.",
    ),
)


def evidence(label_efficiency: Callable[..., Any], seed: int) -> Evidence:
    """The learner's factor for each pair of curves."""
    return {
        "factor": [
            number(call(label_efficiency, *map(np.array, (labels, transfer, scratch)), at), "one number")
            for labels, transfer, scratch, at in _curves(seed).values()
        ]
    }


def verdict(evidence: Evidence, seed: int) -> Verdict:
    curves, found = list(_curves(seed).values()), evidence["factor"]
    wanted = np.array([_factor(c) for c in curves])
    right, reached = np.isclose(found, wanted, rtol=1e-3), np.isfinite(wanted)
    if all(right):
        return Verdict(
            RIGHT,
            "Labels are counted in factors, so the curve is read in log(labels). Infinite means: never, in this range.",
        )
    if all(right[reached]):
        words = (
            "Half of it is right. When scratch never reaches the accuracy of transfer, no number of labels in the range"
            " is enough: give back `np.inf`."
        )
        return Verdict(0.5, words)
    for rule, message in _RULES:
        if np.allclose(found[:2], [rule(c) for c in curves[:2]], rtol=1e-3):
            return Verdict(WRONG, message)
    off = int(np.argmin(right))
    labels, transfer, scratch, at = curves[off]
    words = (
        f"For labels {labels}, transfer {transfer}, scratch {scratch} and at={at}, yours is {found[off]:.4g} and"
        f" {wanted[off]:.4g} was expected."
    )
    return Verdict(WRONG, words)
