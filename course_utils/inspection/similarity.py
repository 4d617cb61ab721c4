"""How alike two representations are: linear centred kernel alignment (CKA)."""

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.inspection.responses import block_features


def linear_cka(X: NDArray[Any], Y: NDArray[Any]) -> float:
    """Return the linear CKA of two sets of features of the same pictures (Kornblith et al. 2019).

    It does not change when either set is rotated or scaled as a whole, and it says nothing about
    whether the features are useful for a task. With fewer pictures than channels it is too high.

    Args:
        X: float ``(n, p)``.
        Y: float ``(n, q)``, row i is of the same picture as row i of X.

    Returns:
        0 (nothing in common) to 1 (the same up to rotation and scale).

    Raises:
        CourseError: X and Y are not tables with the same number of rows, 2 or more, or one of them is constant.
    """
    if X.ndim != 2 or Y.ndim != 2 or len(X) != len(Y) or len(X) < 2:
        raise CourseError(
            f"X has shape {X.shape} and Y {Y.shape}; give two tables (pictures, channels) of the same pictures, "
            "at least two of them."
        )
    x, y = (_centred(table) for table in (X, Y))
    norms = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    if norms == 0:
        raise CourseError("X or Y holds the same numbers for every picture, so there is nothing to compare.")
    return float(np.clip(np.linalg.norm(x.T @ y) ** 2 / norms, 0, 1))


def _centred(table: NDArray[Any]) -> NDArray[np.float64]:
    centred = table.astype(float) - table.astype(float).mean(axis=0)
    size = np.abs(centred).max()
    # Rounding leaves a residue of a constant column; it is not a signal.
    return centred / size if size > 1e-9 * max(np.abs(table).max(), 1e-300) else np.zeros_like(centred)


def cka_by_block(backbone_a: keras.Model, backbone_b: keras.Model, images: NDArray[Any]) -> NDArray[np.float64]:
    """Return the linear CKA of every block of one network with every block of another, on pooled block outputs.

    Args:
        backbone_a, backbone_b: backbones that take the same pictures; they may be the same backbone.
        images: ``(n, side, side, 3)`` in [0, 255]; several hundred, and more than the widest block has channels.

    Returns:
        ``(blocks of a, blocks of b)``, 0..1, in the order of ``blocks``.
    """
    features_a, features_b = block_features(backbone_a, images), block_features(backbone_b, images)
    return np.array([[linear_cka(x, y) for y in features_b.values()] for x in features_a.values()])
