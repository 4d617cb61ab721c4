"""Drift: how far training has moved each block from where it began."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import blocks
from course_utils.errors import CourseError
from course_utils.transfer.freezing import backbone_of


def weights_of(model: keras.Model) -> list[NDArray[np.float32]]:
    """Return a copy of a backbone's weights, to compare later or to restore with ``set_weights``.

    Args:
        model: a backbone, or a model that wraps one; its head is left out.
    """
    return [keras.ops.convert_to_numpy(w).copy() for w in backbone_of(model).weights]


def is_statistic(weight: keras.Variable) -> bool:
    """Return whether a weight is a moving mean or variance of BatchNorm: measured in training, never learned."""
    return weight.name in ("moving_mean", "moving_variance")


def relative_drift(before: Sequence[NDArray[Any]], model: keras.Model) -> list[dict[str, str | float]]:
    """Return how far each block has moved, relative to its earlier weights: ``||w - before|| / ||before||``.

    Args:
        before: what ``weights_of`` returned for the same network.
        model: a backbone, or a model that wraps one.

    Returns:
        A row per block, in order: ``block``; ``drift`` of all learned weights (kernels, biases, gammas, betas); and
        ``statistics``, that of BatchNorm's moving means and variances. NaN if ``||before||`` is 0, or if the block has
        no such weights.

    Raises:
        CourseError: ``before`` comes from a network with other shapes.
    """
    backbone = backbone_of(model)
    check_same_shapes("before", before, f"the weights of {backbone.name!r}", [w.shape for w in backbone.weights])
    start = {id(w): value for w, value in zip(backbone.weights, before, strict=True)}

    def drift(weights: list[keras.Variable]) -> float:
        old, new = _flat([start[id(w)] for w in weights]), _flat([keras.ops.convert_to_numpy(w) for w in weights])
        return float(np.linalg.norm(new - old) / np.linalg.norm(old)) if old.any() else float("nan")

    rows: list[dict[str, str | float]] = []
    for block, members in blocks(backbone).items():
        weights = [w for layer in members for w in layer.weights]
        rows.append(
            {
                "block": block,
                "drift": drift([w for w in weights if not is_statistic(w)]),
                "statistics": drift([w for w in weights if is_statistic(w)]),
            }
        )
    return rows


def check_same_shapes(name: str, given: Sequence[NDArray[Any]], other: str, shapes: Sequence[tuple[int, ...]]) -> None:
    """Refuse lists of weights that do not come from the same network.

    Raises:
        CourseError: the arrays of ``given``, called ``name``, do not have these shapes, which are those of ``other``.
    """
    if len(given) != len(shapes):
        raise CourseError(
            f"{name} holds {len(given)} arrays, but {other} are {len(shapes)}: take both from the same network."
        )
    for i, (array, shape) in enumerate(zip(given, shapes, strict=True)):
        if np.shape(array) != tuple(shape):
            raise CourseError(
                f"{name}[{i}] has shape {np.shape(array)}, but in {other} it is {tuple(shape)}: "
                "take both from the same network."
            )


def _flat(arrays: list[NDArray[Any]]) -> NDArray[np.float64]:
    return np.concatenate([np.ravel(a).astype(np.float64) for a in arrays]) if arrays else np.empty(0)
