"""What silently breaks a feature pipeline, made to be measured."""

import keras
import numpy as np
from numpy.typing import NDArray


def features_in_training_mode(
    network: keras.Model, pictures: NDArray[np.uint8], order: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return pooled features with the training switch left on, so that BatchNorm uses the batch at hand.

    The network's moving statistics move as well.

    Args:
        network: unfrozen, with BatchNorm layers; a frozen one would stay in inference mode.
        pictures: ``(n, side, side, 3)`` in [0, 255].
        order: the rows in the order in which they come, 32 a batch.

    Returns:
        float32 ``(n, channels)``, in the order of the pictures.
    """
    features = np.empty((len(pictures), network.output_shape[-1]), np.float32)
    for start in range(0, len(order), 32):
        rows = order[start : start + 32]
        features[rows] = np.mean(network(pictures[rows].astype(np.float32), training=True), axis=(1, 2))
    return features


def coin_flip_patches(
    photographs: NDArray[np.uint8], seed: int
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return eight overlapping patches of every photograph, with labels that mean nothing.

    Args:
        photographs: an even number of pictures, ``(n, side, side, channels)``.

    Returns:
        The patches, ``(8 * n, side, side, channels)``; for each its label, 0 or 1, one coin flip per photograph;
        and the number of its photograph.
    """
    rng = np.random.default_rng(seed)
    photograph = np.repeat(np.arange(len(photographs)), 8)
    flips = rng.permutation(np.arange(len(photographs)) % 2)
    patches = [np.roll(photographs[p], rng.integers(-3, 4, 2), axis=(0, 1)) for p in photograph]
    return np.stack(patches), flips[photograph], photograph
