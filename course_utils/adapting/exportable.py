"""A network in a form that other programs can run: inputs of one length, and no operation that their formats lack."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from course_utils.backbones.log_mel import HOP, WINDOW, LogMel
from course_utils.data import as_model_inputs


class MatrixLogMel(LogMel):
    """``LogMel`` for waves of one length, with the Fourier transform as a convolution: within 1e-4 of it.

    ONNX and LiteRT lack Fourier transforms of real numbers.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        time, frequency = np.arange(WINDOW), np.arange(WINDOW // 2 + 1)
        angle = 2 * np.pi * np.outer(time, frequency) / WINDOW
        hann = np.sin(np.pi * time / WINDOW) ** 2
        waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1) * hann[:, None]
        self._waves = waves.astype(np.float32)[:, None]

    def fourier(self, waves: Any) -> tuple[Any, Any]:
        half = WINDOW // 2
        before, after = ops.flip(waves[:, 1 : half + 1], 1), ops.flip(waves[:, -half - 1 : -1], 1)
        mirrored = ops.concatenate([before, waves, after], axis=1)[..., None]
        real, imaginary = ops.split(ops.conv(mirrored, self._waves, strides=HOP, padding="valid"), 2, axis=-1)
        return real, imaginary


def exportable(model: keras.Sequential, inputs: NDArray[Any]) -> keras.Model:
    """Return a model that answers as ``model`` does, for inputs as long as these, in operations that formats have.

    Args:
        model: a functional backbone, its pooling and a head.
        inputs: waves ``(n, samples)`` or token ids ``(n, tokens)``.
    """
    backbone, *rest = model.layers
    row = as_model_inputs(inputs[:1])
    taken = keras.Input(row.shape[1:], dtype=row.dtype.name)
    copy = keras.models.clone_model(backbone, input_tensors=taken, clone_function=_plain)
    copy.set_weights(backbone.get_weights())
    given = copy.outputs[0]
    for layer in rest:
        given = layer(given)
    made = keras.Model(taken, given)
    made(row)  # Keras exports no model that was never called
    return made


def _plain(layer: keras.layers.Layer) -> keras.layers.Layer:
    """Return a layer's copy, with another computation of the same where a format lacks an operation."""
    if isinstance(layer, LogMel):
        return MatrixLogMel(name=layer.name)
    settings = layer.get_config()
    if settings.get("activation") != "gelu":
        return type(layer).from_config(settings)
    copy = type(layer).from_config({**settings, "activation": "linear"})
    copy.activation = _gelu
    return copy


def _gelu(x: Any) -> Any:
    """Return the exact GELU by the error function, which formats have, and not by its complement, which they lack."""
    return 0.5 * x * (1 + ops.erf(x / math.sqrt(2)))
