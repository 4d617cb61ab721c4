"""Small networks and pictures that learners' functions are called on.

The challenge backbone is a real convolutional network with everything in it that makes freezing hard to get right:
BatchNorm with moving statistics that are not the initial ones, and preprocessing inside. A witness layer at its input
records what goes through. Its weights travel as one flat vector, so that a probe can build it from plain inputs, and a
verdict can build it again from what was returned.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_utils.exercises.caching import cached_by_inputs

IMAGE_SIZE = 16
CHANNELS = 8
_WIDTHS = (6, CHANNELS)


class Part(NamedTuple):
    """Where one variable of the challenge backbone lies in the flat vector, and what it is part of."""

    path: str
    shape: tuple[int, ...]
    where: slice
    what: str


def _parts() -> tuple[Part, ...]:
    parts: list[Part] = []
    start, inputs = 0, 3
    for number, width in enumerate(_WIDTHS, 1):
        variables = [
            (f"block{number}_conv/kernel", (3, 3, inputs, width), "weights"),
            (f"block{number}_conv/bias", (width,), "weights"),
            (f"block{number}_norm/gamma", (width,), "scale and shift"),
            (f"block{number}_norm/beta", (width,), "scale and shift"),
            (f"block{number}_norm/moving_mean", (width,), "moving statistics"),
            (f"block{number}_norm/moving_variance", (width,), "moving statistics"),
        ]
        for path, shape, what in variables:
            size = int(np.prod(shape))
            parts.append(Part(path, shape, slice(start, start + size), what))
            start += size
        inputs = width
    return tuple(parts)


#: The variables of the challenge backbone in the order of the flat vector.
PARTS = _parts()
#: How many numbers the flat vector has.
WEIGHT_COUNT = PARTS[-1].where.stop


class Seen(NamedTuple):
    """What went through a backbone: how many pictures, and the brightest value in them."""

    pictures: int
    brightest: float


def pictures(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Draw random pictures, uint8 ``(count, 16, 16, 3)``, each with the extremes 0 and 255 in it."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 256, (count, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8)
    drawn[:, 0, 0], drawn[:, 0, 1] = 0, 255
    return drawn


def draw_weights(seed: int) -> NDArray[np.float32]:
    """Draw the challenge backbone's weights as a flat vector, float32 ``(WEIGHT_COUNT,)``."""
    rng = np.random.default_rng(seed)
    flat = np.zeros(WEIGHT_COUNT, np.float32)
    for part in PARTS:
        low_high = rng.normal(0, 0.4, part.shape) if part.what == "weights" else rng.uniform(0.5, 1.5, part.shape)
        flat[part.where] = low_high.ravel()
    return flat


def build_backbone(weights: NDArray[Any]) -> Any:
    """Build the challenge backbone, a trainable functional keras.Model from pictures in 0..255 to ``(n, 4, 4, 8)``.

    Blocks end at the layers ``block1_out`` ``(n, 8, 8, 6)`` and ``block2_out`` ``(n, 4, 4, 8)``. Nothing is drawn, so
    the learner's own random state is left as it is.
    """
    import keras

    layers = keras.layers
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3))
    x = _witness_class()(name="witness")(inputs)
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(x)
    for number, width in enumerate(_WIDTHS, 1):
        x = layers.Conv2D(width, 3, strides=2, padding="same", kernel_initializer="zeros", name=f"block{number}_conv")(
            x
        )
        x = layers.BatchNormalization(name=f"block{number}_norm")(x)
        x = layers.ReLU(name=f"block{number}_out")(x)
    model = keras.Model(inputs, x, name="challenge_backbone")
    for variable, part in zip(_variables(model), PARTS, strict=True):
        variable.assign(np.asarray(weights[part.where], np.float32).reshape(part.shape))
    return model


def read_weights(model: Any) -> NDArray[np.float32]:
    """Return the current weights of a challenge backbone as a flat vector."""
    return np.concatenate([np.asarray(variable, np.float32).ravel() for variable in _variables(model)])


def moved(before: NDArray[Any], after: NDArray[Any]) -> list[str]:
    """Return which parts of a challenge backbone differ at all between two flat vectors.

    The parts are the "weights" of the convolutions, and BatchNorm's "scale and shift" and "moving statistics".
    """
    return sorted({part.what for part in PARTS if not np.array_equal(before[part.where], after[part.where])})


def is_whole_range(brightest: float) -> bool:
    """Whether pictures reached a backbone unscaled, 0 to 255, by the brightest value that its witness has seen."""
    return 200 <= brightest <= 256


def pooled_features(weights: NDArray[Any], inputs: NDArray[Any]) -> NDArray[np.float32]:
    """Compute the right features: inference mode, mean over both axes of the map; float32 ``(n, channels)``."""
    (maps,) = feature_maps(weights, inputs, ("block2_out",))
    pooled: NDArray[np.float32] = maps.mean(axis=(1, 2))
    return pooled


@cached_by_inputs
def feature_maps(
    weights: NDArray[Any], inputs: NDArray[Any], layers: tuple[str, ...]
) -> tuple[NDArray[np.float32], ...]:
    """Return the outputs of the named layers of a challenge backbone, in inference mode."""
    import keras

    backbone = build_backbone(weights)
    ends = keras.Model(backbone.input, [backbone.get_layer(name).output for name in layers])
    return tuple(np.asarray(maps) for maps in keras.tree.flatten(ends(inputs.astype("float32"), training=False)))


def seen(model: Any) -> Seen:
    """Return what the witness of a challenge backbone has recorded so far."""
    witness = model.get_layer("witness")
    return Seen(round(float(np.asarray(witness.count))), float(np.asarray(witness.brightest)))


def _variables(model: Any) -> list[Any]:
    by_path = {"/".join(variable.path.split("/")[-2:]): variable for variable in model.weights}
    return [by_path[part.path] for part in PARTS]


@cache
def _witness_class() -> type:
    """Return the witness layer's class, made here because Keras is imported only when a check needs it."""
    import keras

    ops = keras.ops

    class Witness(keras.layers.Layer):
        """Passes its input on and counts it."""

        def build(self, input_shape: Any) -> None:
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")
            self.brightest = self.add_weight(shape=(), initializer="zeros", trainable=False, name="brightest")
            self.built = True

        def call(self, inputs: Any) -> Any:
            inputs = ops.cast(inputs, self.compute_dtype)
            self.count.assign(self.count + ops.cast(ops.shape(inputs)[0], "float32"))
            self.brightest.assign(ops.maximum(self.brightest, ops.max(ops.abs(inputs))))
            return inputs

    return Witness
