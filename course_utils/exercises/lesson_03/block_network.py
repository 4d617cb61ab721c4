"""A small network of blocks, each with BatchNorm in it, on which the exercises of lesson 03 unfreeze and train."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.exercises import flat_weights

SIDE, CHANNELS = 8, 4  # of the pictures, and of every block's output


def places(blocks: int) -> dict[str, slice]:
    """Return where each layer's weights lie in the flat vector, by name and in order."""
    found, start, inputs = {}, 0, 3
    for number in range(1, blocks + 1):
        for layer, size in (("conv", (9 * inputs + 1) * CHANNELS), ("norm", 4 * CHANNELS)):
            found[f"block{number}_{layer}"] = slice(start, start + size)
            start += size
        inputs = CHANNELS
    return found


def draw_weights(rng: np.random.Generator, blocks: int) -> NDArray[np.float32]:
    """Draw the network's weights as a flat vector: kernels around 0, everything of BatchNorm from 0.5 to 1.5."""
    weights = [
        rng.uniform(0.5, 1.5, place.stop - place.start)
        if "norm" in name
        else rng.normal(0, 0.3, place.stop - place.start)
        for name, place in places(blocks).items()
    ]
    return np.concatenate(weights).astype(np.float32)


def build(weights: NDArray[Any], blocks: int) -> Any:
    """Build a trainable functional keras.Model of ``blocks`` blocks, each a convolution, BatchNorm and ReLU.

    It takes pictures ``(n, 8, 8, 3)`` and gives maps ``(n, 8, 8, 4)``. Nothing is drawn, so the learner's own random
    state is left as it is.
    """
    import keras

    from course_utils.backbones import BackboneSpec, declare

    layers = keras.layers
    numbers = range(1, blocks + 1)
    x = pictures = keras.Input((SIDE, SIDE, 3))
    for number in numbers:
        x = layers.Conv2D(CHANNELS, 3, padding="same", kernel_initializer="zeros", name=f"block{number}_conv")(x)
        x = layers.BatchNormalization(name=f"block{number}_norm")(x)
        x = layers.ReLU(name=f"block{number}_relu")(x)
    model = keras.Model(pictures, x, name="blocks")
    flat_weights.assign(model.weights, weights)
    ends = {f"block{number}": f"block{number}_relu" for number in numbers}
    return declare(model, BackboneSpec("blocks", "pictures", ends))
