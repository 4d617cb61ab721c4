"""The embedded backbone: a small residual network that a laptop trains in minutes.

Four blocks halve the side and double the channels; a 7x7 first layer is large enough to look at. 0.58 million
weights. The names of the layers begin with their block's name, which is all that freezing needs.
"""

import keras
from keras import layers

from course_utils.data.drawing import SIZE

CHANNELS = (32, 64, 128, 256)


def build_embedded(
    seed: int = 0, name: str = "embedded", stem_regularizer: keras.regularizers.Regularizer | None = None
) -> keras.Model:
    """The untrained backbone, from pictures in [0, 255] of shape ``(n, 32, 32, 3)`` to features ``(n, 2, 2, 256)``.

    ``seed`` decides the initial weights (He et al. 2015), layer by layer;
    ``stem_regularizer`` acts on the first kernel.
    """
    inputs = layers.Input((SIZE, SIZE, 3), name="pictures")
    x = layers.Rescaling(1 / 127.5, offset=-1, name="rescale")(inputs)
    x = _conv(x, CHANNELS[0], 7, 2, "block1_conv", seed, stem_regularizer)
    for number in (2, 3):
        x = _conv(x, CHANNELS[number - 1], 3, 2, f"block{number}_conv1", seed + number)
        branch = _conv(x, CHANNELS[number - 1], 3, 1, f"block{number}_conv2", seed + 10 * number)
        x = layers.Add(name=f"block{number}_add")([x, branch])
    x = _conv(x, CHANNELS[3], 3, 2, "block4_conv", seed + 4)
    return keras.Model(inputs, x, name=name.replace("-", "_"))


def _conv(x, channels: int, width: int, stride: int, name: str, seed: int, regularizer=None):
    """Convolution, batch normalisation, ReLU."""
    x = layers.Conv2D(
        channels,
        width,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(seed=seed),
        kernel_regularizer=regularizer,
        name=name,
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=name.replace("conv", "bn"))(x)
    return layers.ReLU(name=name.replace("conv", "relu"))(x)
