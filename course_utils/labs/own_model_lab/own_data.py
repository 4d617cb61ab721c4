"""The learner's own data: what the lab can train and measure with, and a sentence about everything else."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.data import Split, as_model_inputs
from course_utils.errors import CourseError

LabelledData = Split | Sequence[Any]


def as_split(name: str, given: LabelledData) -> Split:
    """Return data as a split with whole numbers as labels.

    Args:
        name: of the argument.
        given: a ``Split``, or inputs ``(n, ...)`` and labels ``(n,)``.

    Raises:
        CourseError: it is something else, it is empty, or its labels are not class numbers.
    """
    if isinstance(given, Split):
        inputs, labels = given.inputs, np.asarray(given.labels)
    elif isinstance(given, tuple | list) and len(given) == 2:
        inputs, labels = (np.asarray(part) for part in given)
    else:
        raise CourseError(f"{name} is a {type(given).__name__}; give Split(inputs, labels), or (inputs, labels).")
    if len(labels) == 0 or len(inputs) == 0:
        raise CourseError(f"{name} is empty; give at least one input with its label.")
    if inputs.dtype.kind not in "fiub":
        raise CourseError(f"The inputs of {name} are of type {inputs.dtype}, not numbers; give an array of numbers.")
    if labels.dtype.kind not in "fiub":
        raise CourseError(
            f"The labels of {name} are texts such as {str(labels.flat[0])!r}. Number the classes: "
            "names, labels = np.unique(labels, return_inverse=True)."
        )
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise CourseError(
            f"The labels of {name} have the shape {labels.shape}, not (n,): give class numbers, labels.argmax(axis=1)."
        )
    if len(labels) != len(inputs):
        raise CourseError(f"{name} holds {len(inputs)} inputs but {len(labels)} labels; give one label to each.")
    if not np.array_equal(labels, np.floor(labels)):
        raise CourseError(f"The labels of {name} are not whole numbers; give the number of each input's class.")
    return Split(inputs, labels.astype(np.int64))


def check_fit(model: keras.Model, **parts: Split) -> NDArray[np.float32]:
    """Return a model's outputs for the first two inputs of the first part, float32 ``(n, outputs)``.

    One output means two classes, otherwise there is one output per class.

    Raises:
        CourseError: the inputs don't fit the model, it has no head, or a label has no class.
    """
    expected = getattr(model, "input_shape", None)  # a subclassed model does not know its own
    for name, part in parts.items():
        shape = part.inputs.shape[1:]
        if expected is not None and not _fits(expected, shape):
            raise CourseError(
                f"The inputs of {name} have the shape (n, {_written(shape)}), but model {model.name!r} takes "
                f"{expected}. Resize them, or build the model for their shape."
            )
    first = next(iter(parts.values()))
    try:
        outputs = keras.ops.convert_to_numpy(model(as_model_inputs(first.inputs[:2]), training=False))
    except Exception as problem:  # whatever a layer says about inputs that it cannot take
        reason = str(problem).strip().splitlines()[0]
        raise CourseError(f"Model {model.name!r} cannot take the inputs of {next(iter(parts))}: {reason}") from problem
    if outputs.ndim != 2:
        raise CourseError(
            f"Model {model.name!r} has no head: its outputs have the shape (n, {_written(outputs.shape[1:])}). Put "
            "GlobalAveragePooling2D() and Dense(classes, activation='softmax') behind it."
        )
    classes = max(outputs.shape[1], 2)
    for name, part in parts.items():
        if outside := [int(label) for label in np.unique(part.labels) if not 0 <= label < classes]:
            raise CourseError(
                f"{name} has the label {outside[0]}, but the outputs of model {model.name!r} mean the classes "
                f"0..{classes - 1}. Number the labels from 0, or give the head an output for each class."
            )
    return np.asarray(outputs, np.float32)


def commonest(labels: NDArray[np.int64]) -> float:
    """Return the share of the commonest class: what always answering with it reaches."""
    return float(np.bincount(labels).max() / len(labels))


def _fits(expected: Any, shape: tuple[int, ...]) -> bool:
    """Return whether inputs of this shape, without the first axis, can go into a model that expects another."""
    if not isinstance(expected, tuple) or any(isinstance(axis, tuple) for axis in expected):
        return False  # several inputs
    return len(expected) - 1 == len(shape) and all(a in (None, b) for a, b in zip(expected[1:], shape, strict=True))


def _written(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
