"""Small networks and pictures that the checks call learners' functions on.

The challenge backbone is a real convolutional network with everything in it that makes freezing hard to get
right: BatchNorm with moving statistics that are not the initial ones, and preprocessing inside. A witness
layer at its door notes what goes through.
"""

from typing import Any, NamedTuple

import numpy as np

IMAGE_SIZE = 16
CHANNELS = 8


class Seen(NamedTuple):
    """What went through a backbone: how many images, and the brightest value in them."""

    images: int
    brightest: float


def images(count: int, seed: int = 0) -> np.ndarray:
    """Random pictures, uint8 (count, 16, 16, 3), with the extremes 0 and 255 in every one of them."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, 256, (count, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8)
    drawn[:, 0, 0], drawn[:, 0, 1] = 0, 255
    return drawn


def backbone(seed: int = 0) -> Any:
    """A functional keras.Model from pictures in 0..255 to a feature map (N, 4, 4, 8), all of it trainable.

    Blocks end at the layers ``block1_out`` (N, 8, 8, 6) and ``block2_out`` (N, 4, 4, 8). The weights are
    drawn from ``seed`` alone, so the learner's own random state is left as it is.
    """
    import keras

    layers = keras.layers
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3))
    x = _witness_class()(name="witness")(inputs)
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocessing")(x)
    for number, width in enumerate((6, CHANNELS), 1):
        x = layers.Conv2D(width, 3, strides=2, padding="same", name=f"block{number}_conv")(x)
        x = layers.BatchNormalization(name=f"block{number}_norm")(x)
        x = layers.ReLU(name=f"block{number}_out")(x)
    model = keras.Model(inputs, x, name="challenge_backbone")

    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if "conv" in layer.name:
            layer.set_weights([rng.normal(0, 0.4, w.shape).astype("float32") for w in layer.get_weights()])
        if "norm" in layer.name:  # gamma, beta, moving mean, moving variance
            layer.set_weights([rng.uniform(0.5, 1.5, w.shape).astype("float32") for w in layer.get_weights()])
    return model


def seen(model: Any) -> Seen:
    """What the witness of a challenge backbone has noted so far."""
    witness = model.get_layer("witness")
    return Seen(round(float(np.asarray(witness.count))), float(np.asarray(witness.brightest)))


def bits(variables: list[Any]) -> list[bytes]:
    """The exact content of each variable, to be compared bit for bit later."""
    return [np.asarray(variable).tobytes() for variable in variables]


def weights(model: Any) -> list[bytes]:
    """The exact content of every weight of a challenge backbone, moving statistics included."""
    return bits(_own(model))


def moved(model: Any, before: list[bytes]) -> list[str]:
    """Which parts no longer hold the very same bits as ``before``.

    They are "weights", of the convolutions, and BatchNorm's "scale and shift" and "moving statistics".
    """
    now = zip(_own(model), weights(model), before, strict=True)
    return sorted({_part(variable.path) for variable, new, old in now if new != old})


def _part(path: str) -> str:
    return "moving statistics" if "moving" in path else "scale and shift" if "norm" in path else "weights"


def _own(model: Any) -> list[Any]:
    witness = {id(variable) for variable in model.get_layer("witness").variables}
    return [variable for variable in model.weights if id(variable) not in witness]


def pooled_features(model: Any, pictures: np.ndarray) -> np.ndarray:
    """Our own features: inference mode, mean over both axes of the map; float32 (N, channels)."""
    return np.asarray(model(pictures.astype("float32"), training=False)).mean(axis=(1, 2))


def _witness_class() -> type:
    """The witness layer; its class is made here because Keras is imported only when a check needs it."""
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
