"""What a learner's function gave back, as something that can be judged."""

from typing import Any

import numpy as np

from course_utils.learn.exercise import Unusable

RIGHT = 1.0
WRONG = 0.0


def number(value: Any, what: str) -> float:
    """The learner's value as a float; Unusable when it is no single number."""
    if value is None:
        raise Unusable(f"Your function gave back nothing. End it with `return` and {what}.")
    try:
        return float(np.asarray(value, dtype=float).reshape(()))
    except (TypeError, ValueError):
        raise Unusable(f"Your function gave back a {type(value).__name__}; it should be {what}.") from None


def keras_model(value: Any, what: str) -> Any:
    """The learner's value when it is a keras.Model; else Unusable."""
    import keras

    if value is None:
        raise Unusable(f"Your function gave back nothing. End it with `return` and {what}.")
    if not isinstance(value, keras.Model):
        raise Unusable(f"Your function gave back a {type(value).__name__}; it should be {what}.")
    return value
