"""Exercise 02.e3: the label-efficiency factor from two curves."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong


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


_MISTAKES: dict[str, Callable[[Curves], float]] = {
    "linear-axis": lambda curves: _factor(curves, log=False),
    "not-divided": lambda curves: _factor(curves) * curves.at,
    "upside-down": lambda curves: 1 / _factor(curves),
    "ratio-of-accuracies": _ratio_of_accuracies,
    "curves-swapped": lambda curves: _factor(curves._replace(transfer=curves.scratch, scratch=curves.transfer)),
}


class LabelEfficiency(Exercise):
    """The learner's factor for several pairs of curves."""

    id = "02.e3"
    points = 2
    fields = {"factor": f"float[{len(_CURVES)}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        drawn = []
        for case, (labels, transfer, scratch, at) in _CURVES.items():
            times, up = int(rng.integers(1, 5)), float(rng.uniform(0, 0.05))
            bend = rng.uniform(-0.03, 0.03, len(scratch)) if case == "between two points" else np.zeros(len(scratch))
            drawn.append(
                Curves(
                    [times * n for n in labels],
                    [round(accuracy + up, 3) for accuracy in transfer],
                    [round(float(accuracy + up + b), 3) for accuracy, b in zip(scratch, bend, strict=True)],
                    times * at,
                )._asdict()
            )
        return {"curves": drawn}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {
            "factor": [
                number(call(answer, c.labels, c.transfer, c.scratch, c.at), "one number") for c in _curves(inputs)
            ]
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        curves, found = _curves(inputs), data["factor"]
        wanted = np.array([_factor(c) for c in curves])
        right, reached = np.isclose(found, wanted, rtol=1e-3), np.isfinite(wanted)
        if all(right):
            return passed()
        if all(right[reached]):
            return wrong("never-reached", 0.5)
        for code, rule in _MISTAKES.items():
            if np.allclose(found[:2], [rule(c) for c in curves[:2]], rtol=1e-3):
                return wrong(code)
        off = int(np.argmin(right))
        labels, transfer, scratch, at = curves[off]
        return wrong(
            "another-number",
            labels=str(labels),
            transfer=str(transfer),
            scratch=str(scratch),
            at=at,
            found=float(found[off]),
            wanted=float(wanted[off]),
        )


def _curves(inputs: Inputs) -> list[Curves]:
    return [Curves(**curves) for curves in inputs["curves"]]
