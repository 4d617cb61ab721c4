"""The exercise of lesson 00: a first one, to see how exercises work."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Exercise, Verdict, call

_WRONG_RULES: tuple[tuple[Callable[[float, int], float], str], ...] = (
    (
        lambda accuracy, classes: accuracy / classes,
        "You divided by the number of classes. Divide by what guessing gets, which is 1 / `classes`.",
    ),
    (
        lambda accuracy, classes: 1 / (accuracy * classes),
        "Yours is upside down. How many times does guessing go into the accuracy? Divide the accuracy by guessing.",
    ),
    (
        lambda accuracy, classes: accuracy - 1 / classes,
        "You took the difference between the accuracy and guessing. *How many times* asks for a division.",
    ),
    (lambda accuracy, classes: 1 / classes, "That is what guessing gets. How many times does it go into the accuracy?"),
    (
        lambda accuracy, classes: 100 * accuracy * classes,
        "Yours is a hundred times too large: the accuracy is a share between 0 and 1 here, not a percentage.",
    ),
    (
        lambda accuracy, classes: accuracy * 5,
        "You always count with 5 classes. The number of classes is handed in: use `classes`.",
    ),
    (lambda accuracy, classes: round(accuracy * classes), "You rounded to a whole number. Give it back as it is."),
)


def _cases(seed: int) -> list[tuple[float, int]]:
    """Accuracies and numbers of classes."""
    rng = np.random.default_rng(seed)
    accuracies, classes = rng.uniform(0.15, 0.95, 4), rng.permutation([2, 3, 4, 8, 10])[:4]
    return [(round(float(accuracy), 2), int(n)) for accuracy, n in zip(accuracies, classes, strict=True)]


def _evidence(times_guessing: Callable[..., Any], seed: int) -> Evidence:
    """The learner's number for each case."""
    return {"times": [number(call(times_guessing, *case), "one number") for case in _cases(seed)]}


def _verdict(evidence: Evidence, seed: int) -> Verdict:
    cases, found = _cases(seed), evidence["times"]
    wanted = np.array([accuracy * classes for accuracy, classes in cases])
    if np.allclose(found, wanted):
        return Verdict(RIGHT, "An accuracy means little until you hold it against guessing.")
    for rule, message in _WRONG_RULES:
        if np.allclose(found, [rule(*case) for case in cases]):
            return Verdict(WRONG, message)
    off = int(np.argmin(np.isclose(found, wanted)))
    accuracy, classes = cases[off]
    words = (
        f"For accuracy {accuracy} and {classes} classes yours is {found[off]:.3g}, and it should be {wanted[off]:.3g}."
    )
    return Verdict(WRONG, words)


EXERCISES = (
    Exercise(
        "00.e1",
        "How many times better than guessing",
        "Five pictures of each",
        1,
        (
            "What accuracy does a blind guess reach among `classes` classes? Write it as a fraction.",
            "A guess gets 1 / `classes`. How many times does that go into the accuracy?",
            "`accuracy / (1 / classes)`, which is `accuracy * classes`. Give it back with `return`.",
        ),
        {"times": "float[4]"},
        _evidence,
        _verdict,
    ),
)
