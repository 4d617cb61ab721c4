"""A network in a form that other programs can run: inputs of one length, and no operation that their formats lack."""

import math
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from course_utils.backbones.log_mel import LogMel, mel_filters
from course_utils.data import as_model_inputs

_WINDOW, _HOP = 400, 160  # samples, as in LogMel


class MatrixLogMel(keras.layers.Layer):
    """``LogMel`` for waves of one length, by matrix products: the Fourier transform as a convolution.

    ONNX and LiteRT lack Fourier transforms of real numbers. Input float32 ``(n, samples)``, output ``(n, samples //
    160, 80)``, within 1e-4 of ``LogMel``.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32"})
        time, frequency = np.arange(_WINDOW), np.arange(_WINDOW // 2 + 1)
        angle = 2 * np.pi * np.outer(time, frequency) / _WINDOW
        hann = np.sin(np.pi * time / _WINDOW) ** 2
        waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1) * hann[:, None]
        self._waves = waves.astype(np.float32)[:, None]
        self._filters = mel_filters()

    def call(self, waves: Any) -> Any:
        half = _WINDOW // 2
        before, after = ops.flip(waves[:, 1 : half + 1], 1), ops.flip(waves[:, -half - 1 : -1], 1)
        mirrored = ops.concatenate([before, waves, after], axis=1)[..., None]
        found = ops.conv(mirrored, self._waves, strides=_HOP, padding="valid")[:, : waves.shape[1] // _HOP]
        real, imaginary = ops.split(found, 2, axis=-1)
        power = ops.matmul(ops.square(real) + ops.square(imaginary), self._filters)
        decades = ops.log10(ops.maximum(power, 1e-10))
        return (ops.maximum(decades, ops.max(decades, axis=(1, 2), keepdims=True) - 8) + 4) / 4

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (input_shape[0], (input_shape[1] or 0) // _HOP, self._filters.shape[1])


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
