"""What a learner's function gave back, as something that can be judged."""

from typing import Any

import numpy as np

from course_utils.learn.exercise import Unusable, learners_code
from course_utils.learn.wording import kind

RIGHT = 1.0
WRONG = 0.0


def number(value: Any, what: str) -> float:
    """The learner's value as a float; Unusable when it is no single number."""
    _require_something(value, what)
    try:
        if not isinstance(value, str):  # NumPy would read "3" and "inf" as numbers
            return float(np.asarray(value, dtype=float).reshape(()))
    except (TypeError, ValueError):
        pass
    raise Unusable(f"Your function gave back {kind(value)}; it should be {what}.")


def keras_model(value: Any, what: str) -> Any:
    """The learner's value when it is a keras.Model; else Unusable."""
    import keras

    _require_something(value, what)
    if not isinstance(value, keras.Model):
        raise Unusable(f"Your function gave back {kind(value)}; it should be {what}.")
    return value


def outputs(model: Any, pictures: np.ndarray) -> np.ndarray:
    """What the learner's model gives for pictures, in inference mode; Unusable when that is no array of numbers."""
    expected = getattr(model, "input_shape", None)
    if isinstance(expected, tuple) and _differ(expected[1:], pictures.shape[1:]):
        raise Unusable(
            f"Your model takes pictures of shape {expected[1:]}; the backbone's are {pictures.shape[1:]}. Read the size"
            " off `backbone.input_shape[1:]`."
        )
    with learners_code():
        found = model(pictures, training=False)
    if isinstance(found, dict | list | tuple) or not hasattr(found, "shape"):
        raise Unusable(f"Your model gives {kind(found)} for pictures; it should give one array.")
    return np.asarray(found)


def _differ(expected: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return len(expected) != len(shape) or any(e not in (None, n) for e, n in zip(expected, shape, strict=True))


def _require_something(value: Any, what: str) -> None:
    if value is None:
        raise Unusable(f"Your function gave back nothing. End it with `return` and {what}.")
