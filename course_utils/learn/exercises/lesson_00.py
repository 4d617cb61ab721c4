"""The exercise of lesson 00: a first one, to see how exercises work."""

from collections.abc import Callable
from typing import Any

from course_utils.learn.exercise import Evidence, Exercise, Verdict, call
from course_utils.learn.exercises.returned import RIGHT, WRONG, number

_CASES = ((0.8, 5), (0.2, 5), (0.5, 2), (0.9, 10))


def _evidence(times_guessing: Callable[..., Any]) -> Evidence:
    """The learner's number for each accuracy and number of classes."""
    return {
        f"{accuracy}, {classes}": number(call(times_guessing, accuracy, classes), "one number")
        for accuracy, classes in _CASES
    }


def _verdict(evidence: Evidence) -> Verdict:
    for accuracy, classes in _CASES:
        found, wanted = evidence[f"{accuracy}, {classes}"], accuracy * classes
        if abs(found - wanted) < 1e-6:
            continue
        if abs(found - accuracy / classes) < 1e-6:
            words = "You divided by the number of classes. Divide by what guessing gets, which is 1 / `classes`."
            return Verdict(WRONG, words)
        words = f"For accuracy {accuracy} and {classes} classes yours is {found:.3g}, and it should be {wanted:.3g}."
        return Verdict(WRONG, words)
    return Verdict(RIGHT, "An accuracy means little until you hold it against guessing.")


EXERCISES = (
    Exercise(
        "00.e1",
        "How many times better than guessing",
        1,
        (
            "What accuracy does a blind guess reach among `classes` classes? Write it as a fraction.",
            "A guess gets 1 / `classes`. How many times does that go into the accuracy?",
            "`accuracy / (1 / classes)`, which is `accuracy * classes`. Give it back with `return`.",
        ),
        _evidence,
        _verdict,
    ),
)
