"""Exercise 02.e3: the label-efficiency factor from two curves."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Verdict, call
from course_utils.learn.exercises.returned import RIGHT, WRONG, number

_CURVES = {  # labels, transfer, scratch, at
    "on a measured point": ([1, 5, 20, 100], [0.60, 0.70, 0.80, 0.90], [0.20, 0.40, 0.60, 0.70], 5),
    "between two points": ([1, 10, 100, 1000], [0.50, 0.60, 0.70, 0.80], [0.10, 0.30, 0.50, 0.70], 10),
    "the same curve": ([1, 10, 100], [0.30, 0.50, 0.90], [0.30, 0.50, 0.90], 10),
    "no gain": ([2, 20, 200], [0.30, 0.50, 0.90], [0.50, 0.60, 0.95], 20),
    "out of reach": ([1, 10, 100], [0.80, 0.90, 0.95], [0.20, 0.40, 0.60], 1),
}


def _labels_needed(labels: list[int], curve: list[float], target: float, *, log: bool = True) -> float:
    if target <= curve[0]:
        return float(labels[0])
    if target > curve[-1]:
        return math.inf
    place = np.interp(target, curve, np.log(labels) if log else labels)
    return float(np.exp(place) if log else place)


def _factor(case: str, *, log: bool = True) -> float:
    labels, transfer, scratch, at = _CURVES[case]
    return _labels_needed(labels, scratch, transfer[labels.index(at)], log=log) / at


def evidence(label_efficiency: Callable[..., Any]) -> Evidence:
    """The learner's factor for each pair of curves."""
    return {
        case: number(call(label_efficiency, *map(np.array, curves), at), "one number")
        for case, (*curves, at) in _CURVES.items()
    }


def verdict(evidence: Evidence) -> Verdict:
    def agrees(rule: Callable[[str], float], cases: list[str]) -> bool:
        return all(math.isclose(evidence[case], rule(case), rel_tol=1e-3) for case in cases)

    every, reached = list(_CURVES), [case for case in _CURVES if case != "out of reach"]
    telling = ["on a measured point", "between two points"]
    if agrees(_factor, every):
        return Verdict(
            RIGHT,
            "Labels are counted in factors, so the curve is read in log(labels). Infinite means: never, in this range.",
        )
    if agrees(_factor, reached):
        words = (
            "When scratch never reaches the accuracy of transfer, no number of labels in the range is enough:"
            " give back `math.inf`."
        )
        return Verdict(WRONG, words)
    if agrees(lambda case: _factor(case, log=False), telling):
        words = (
            "You read the scratch curve on a linear axis. Interpolate in `log(labels)`: from 5 to 20 is as"
            " far as from 20 to 80."
        )
        return Verdict(WRONG, words)
    if agrees(lambda case: _factor(case) * _CURVES[case][3], telling):
        return Verdict(WRONG, "That is how many labels scratch needs. Divide it by `at`, the labels that transfer had.")
    if agrees(lambda case: 1 / _factor(case), telling):
        return Verdict(
            WRONG, "Yours is upside down: the labels that scratch needs stand above, those of transfer below."
        )
    if agrees(lambda case: _ratio_at(case), telling):
        words = (
            "That compares accuracies at the same number of labels. Compare *labels* at the same accuracy:"
            " read the curves sideways."
        )
        return Verdict(WRONG, words)
    case = next(case for case in every if not agrees(_factor, [case]))
    labels, transfer, scratch, at = _CURVES[case]
    words = (
        f"For labels {labels}, transfer {transfer}, scratch {scratch} and at={at}, yours is"
        f" {evidence[case]:.4g} and {_factor(case):.4g} was expected."
    )
    return Verdict(WRONG, words)


def _ratio_at(case: str) -> float:
    labels, transfer, scratch, at = _CURVES[case]
    return transfer[labels.index(at)] / scratch[labels.index(at)]
