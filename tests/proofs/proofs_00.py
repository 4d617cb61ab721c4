"""Lesson 00: how many times better than guessing."""

import math

from proof import Proof, Wrong


def by_division(accuracy, classes):
    return accuracy / (1 / classes)


def by_adding_up(accuracy, classes):
    return math.fsum([accuracy] * classes)


PROOFS = (
    Proof(
        "00.e1",
        {
            "divide by guessing": by_division,
            "add up": by_adding_up,
            "lambda": lambda accuracy, classes: classes * accuracy,
        },
        (
            Wrong("divides by the classes", "divided-by-classes", lambda a, n: a / n),
            Wrong("upside down", "upside-down", lambda a, n: 1 / (a * n)),
            Wrong("the difference", "difference", lambda a, n: a - 1 / n),
            Wrong("guessing itself", "guessing-itself", lambda a, n: 1 / n),
            Wrong("a percentage", "percentage", lambda a, n: 100 * a * n),
            Wrong("five classes always", "always-five-classes", lambda a, n: a * 5),
            Wrong("rounded", "rounded", lambda a, n: float(round(a * n))),
            Wrong("printed, not returned", "nothing-returned", lambda a, n: print(a * n)),
        ),
    ),
)
