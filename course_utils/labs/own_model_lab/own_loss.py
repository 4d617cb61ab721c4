"""The loss that a model's outputs ask for, and how its accuracy is measured."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError


@dataclass(frozen=True)
class ClassificationLoss:
    """What a run minimises, and what it reports.

    Attributes:
        loss: for ``compile``.
        code: the same loss in a line of Python.
        cut: of a single output, what counts as class 1 lies above it; None with one output per class.
    """

    loss: Any
    code: str
    cut: float | None

    def right(self, outputs: NDArray[np.float32], labels: NDArray[np.int64]) -> int:
        """Return how many of these outputs, ``(n, outputs)``, mean the right class."""
        meant = outputs.argmax(axis=1) if self.cut is None else outputs[:, 0] > self.cut
        return int((meant == labels).sum())

    @property
    def metric(self) -> str:
        """The accuracy in a line of Python, for ``compile``."""
        return '"accuracy"' if self.cut in (None, 0.5) else 'keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)'


def objective_of(model: keras.Model, outputs: NDArray[np.float32]) -> ClassificationLoss:
    """Return the objective that fits a model's last layer; the loss of a compiled model stays.

    Args:
        model: softmax or logits with one output per class, or one output with a sigmoid or as a logit.
        outputs: for two inputs or one, ``(n, outputs)``.

    Raises:
        CourseError: the last layer does not say what its outputs mean, or the compiled loss cannot compare them
            with class numbers.
    """
    ending = _ends_in(model)
    cut = None if outputs.shape[1] > 1 else (0.0 if ending == "linear" else 0.5)
    if getattr(model, "compiled", False) and model.loss is not None:
        return ClassificationLoss(_comparable(model.loss, outputs), "model.loss", cut)
    by_ending = {
        (True, "softmax"): "SparseCategoricalCrossentropy()",
        (True, "linear"): "SparseCategoricalCrossentropy(from_logits=True)",
        (False, "sigmoid"): "BinaryCrossentropy()",
        (False, "linear"): "BinaryCrossentropy(from_logits=True)",
    }
    if (name := by_ending.get((outputs.shape[1] > 1, ending))) is None:
        raise CourseError(
            f"Model {model.name!r} ends in {ending} with {outputs.shape[1]} outputs, which says nothing about classes. "
            "End it in Dense(classes, activation='softmax'), or compile it with the loss that you mean."
        )
    loss = getattr(keras.losses, name.partition("(")[0])
    return ClassificationLoss(loss(from_logits=True) if "from_logits" in name else loss(), f"keras.losses.{name}", cut)


def _ends_in(model: keras.Model) -> str:
    """Return the name of a model's last activation; ``linear`` if it has none."""
    last = model.layers[-1]
    while isinstance(last, keras.Model):
        last = last.layers[-1]
    if isinstance(last, keras.layers.Softmax):
        return "softmax"
    return str(getattr(getattr(last, "activation", None), "__name__", "linear"))


def _comparable(loss: Any, outputs: NDArray[np.float32]) -> Any:
    """Return a compiled loss, unless it cannot compare outputs with class numbers."""
    try:
        keras.losses.get(loss)(np.zeros(len(outputs), np.int64), outputs)
    except Exception as problem:  # losses raise what they like
        raise CourseError(
            f"The loss that the model is compiled with, {_named(loss)}, cannot compare outputs of the shape (n, "
            f"{outputs.shape[1]}) with class numbers. Compile it with 'sparse_categorical_crossentropy', or not at all."
        ) from problem
    return loss


def _named(loss: Any) -> str:
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", loss))
