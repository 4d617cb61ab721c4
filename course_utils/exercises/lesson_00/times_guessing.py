"""Exercise 00.e1: how many times better than guessing."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_CASES = 4
_MISTAKES: dict[str, Callable[[float, int], float]] = {
    "divided-by-classes": lambda accuracy, classes: accuracy / classes,
    "upside-down": lambda accuracy, classes: 1 / (accuracy * classes),
    "difference": lambda accuracy, classes: accuracy - 1 / classes,
    "guessing-itself": lambda accuracy, classes: 1 / classes,
    "percentage": lambda accuracy, classes: 100 * accuracy * classes,
    "always-five-classes": lambda accuracy, classes: accuracy * 5,
    "rounded": lambda accuracy, classes: round(accuracy * classes),
}


class TimesGuessing(Exercise):
    """The learner's number for several accuracies and numbers of classes."""

    id = "00.e1"
    points = 1
    fields = {"times": f"float[{_CASES}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        return {
            "accuracies": [round(float(accuracy), 2) for accuracy in rng.uniform(0.15, 0.95, _CASES)],
            "classes": [int(n) for n in rng.permutation([2, 3, 4, 8, 10])[:_CASES]],
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"times": [number(call(answer, *case), "one number") for case in _cases(inputs)]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        cases, found = _cases(inputs), data["times"]
        wanted = np.array([accuracy * classes for accuracy, classes in cases])
        if np.allclose(found, wanted):
            return passed()
        for code, rule in _MISTAKES.items():
            if np.allclose(found, [rule(*case) for case in cases]):
                return wrong(code)
        off = int(np.argmin(np.isclose(found, wanted)))
        accuracy, classes = cases[off]
        return wrong(
            "another-number", accuracy=accuracy, classes=classes, found=float(found[off]), wanted=float(wanted[off])
        )


def _cases(inputs: Inputs) -> list[tuple[float, int]]:
    return list(zip(inputs["accuracies"], inputs["classes"], strict=True))
