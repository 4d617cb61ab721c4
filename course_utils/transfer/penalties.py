"""Penalties that keep a backbone near its current weights: L2-SP and EWC.

Both attach a regularizer to the backbone's variables, which Keras adds to the loss for those that are trainable.
Compile after setting or removing one, since a compiled step keeps the penalties it was compiled with; only their
strength may change without compiling.
"""

import math
from collections.abc import Mapping
from typing import Any

import keras
from keras import ops
from numpy.typing import ArrayLike, NDArray

from course_utils.errors import CourseError
from course_utils.transfer.drift import is_statistic
from course_utils.transfer.freezing import backbone_of


class Pull(keras.regularizers.Regularizer):
    """``strength / 2 * sum(importance * (w - start)**2)``: a spring from each weight to where it started."""

    def __init__(self, variable: keras.Variable, strength: keras.Variable, importance: ArrayLike = 1.0) -> None:
        # A copy, since convert_to_tensor of a variable gives the variable itself, which training changes.
        self.start = ops.convert_to_tensor(ops.convert_to_numpy(variable).copy())
        self.importance, self.strength = ops.convert_to_tensor(importance, variable.dtype), strength

    def __call__(self, weight: Any) -> Any:
        """Return the penalty, a scalar."""
        return self.strength / 2 * ops.sum(self.importance * ops.square(weight - self.start))


def l2_sp(backbone: keras.Model, strength: float) -> None:
    """Penalise every move away from the current weights equally (L2-SP, Li et al. 2018).

    Weight decay pulls towards 0; this pulls towards the starting point. Frozen weights cost nothing until they are
    unfrozen, so you can unfreeze before or after.

    Args:
        backbone: a backbone, or a model that wraps one; its head is left free.
        strength: 0 or more; 0 is plain fine-tuning.

    Raises:
        CourseError: ``strength`` is out of range, or a weight has another regularizer.
    """
    shared = _shared(strength)
    for variable in _learned(backbone):
        variable.regularizer = Pull(variable, shared)


def ewc(backbone: keras.Model, strength: float, fisher: Mapping[str, NDArray[Any]]) -> None:
    """Penalise a move away from the current weights by its effect on the old task (Kirkpatrick et al. 2017).

    Args:
        backbone: a backbone, or a model that wraps one; its head is left free.
        strength: 0 or more; 0 is plain fine-tuning.
        fisher: what ``diagonal_fisher`` returned for the old task; entries for other layers, such as the old head,
            are ignored.

    Raises:
        CourseError: ``strength`` is out of range, ``fisher`` lacks a trainable weight or has another shape for it, or
            a weight has another regularizer.
    """
    shared = _shared(strength)
    learned = _learned(backbone)
    for variable in learned:
        if variable.path not in fisher and variable.trainable:
            raise CourseError(
                f"fisher has no entry for {variable.path}; compute it with diagonal_fisher while the same layers "
                "are trainable."
            )
        if variable.path in fisher and fisher[variable.path].shape != tuple(variable.shape):
            raise CourseError(
                f"fisher has shape {fisher[variable.path].shape} for {variable.path}, whose shape is "
                f"{tuple(variable.shape)}; compute it for this network."
            )
    for variable in learned:
        if variable.path in fisher:
            variable.regularizer = Pull(variable, shared, fisher[variable.path])


def set_strength(backbone: keras.Model, strength: float) -> None:
    """Set the penalty's strength, 0 or more, without compiling again (on JAX, compile again).

    Raises:
        CourseError: ``strength`` is out of range.
    """
    _check_strength(strength)
    for variable in _learned(backbone):
        if variable.regularizer is not None:
            variable.regularizer.strength.assign(strength)


def remove_penalty(backbone: keras.Model) -> None:
    """Remove the penalty that ``l2_sp`` or ``ewc`` set."""
    for variable in _learned(backbone):
        variable.regularizer = None


def _learned(backbone: keras.Model) -> list[keras.Variable]:
    """Return kernels, biases, gammas and betas, frozen or not."""
    learned = [variable for variable in backbone_of(backbone).weights if not is_statistic(variable)]
    for variable in learned:
        if variable.regularizer is not None and not isinstance(variable.regularizer, Pull):
            raise CourseError(
                f"{variable.path} has a regularizer of its own, {type(variable.regularizer).__name__}, and can't have "
                "two; build the backbone without it."
            )
    return learned


def _shared(strength: float) -> keras.Variable:
    """Return a strength for all springs of a backbone to share; a compiled step reads it every time."""
    _check_strength(strength)
    return keras.Variable(strength, trainable=False, dtype="float32", name="strength")


def _check_strength(strength: float) -> None:
    if not 0 <= strength < math.inf:
        raise CourseError(f"strength={strength} is out of range: it must be a finite number, 0 or more.")
