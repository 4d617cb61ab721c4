"""How alike two representations are: linear centred kernel alignment (CKA)."""

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.inspection.responses import block_features


def linear_cka(X: NDArray, Y: NDArray) -> float:
    """Linear CKA of two sets of features of the same pictures (Kornblith et al. 2019).

    It does not change when either set is rotated or scaled as a whole, and it says nothing about
    whether the features are useful for a task. With fewer pictures than channels it comes out too high.

    Args:
        X: float ``(n, p)``.
        Y: float ``(n, q)``, row i of the same picture as row i of X.

    Returns:
        0 (nothing in common) to 1 (the same up to rotation and scale).

    Raises:
        CourseError: the numbers of rows differ or are below 2, or one set is constant.
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


def _centred(table: NDArray) -> NDArray[np.float64]:
    centred = table.astype(float) - table.astype(float).mean(axis=0)
    size = np.abs(centred).max()
    # Rounding leaves a little of a constant behind; it is not a signal.
    return centred / size if size > 1e-9 * max(np.abs(table).max(), 1e-300) else np.zeros_like(centred)


def cka_by_block(backbone_a: keras.Model, backbone_b: keras.Model, images: NDArray) -> NDArray[np.float64]:
    """Linear CKA of every block of one network with every block of another, on pooled block outputs.

    Args:
        backbone_a, backbone_b: backbones that take the same pictures; they may be the same one.
        images: ``(n, side, side, 3)`` in [0, 255]; several hundred, more than the widest block has channels.

    Returns:
        ``(blocks of a, blocks of b)``, 0..1, in the order of ``blocks``.
    """
    features_a, features_b = block_features(backbone_a, images), block_features(backbone_b, images)
    return np.array([[linear_cka(x, y) for y in features_b.values()] for x in features_a.values()])
