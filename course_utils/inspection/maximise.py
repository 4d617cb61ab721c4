"""Activation maximisation: drawing the picture that excites a channel most."""

from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from course_utils.backbones import block_output
from course_utils.errors import CourseError
from course_utils.inspection.responses import check_channels
from course_utils.transfer.gradients import gradient_function

_STARTS = 64  # smooth noise pictures to choose a start from: one that does not excite the channel gives no gradient
_STEP = 12.0  # root-mean-square change per step, in grey levels
_CONTRAST = 48.0  # the largest root-mean-square deviation from grey that a picture may have
_HUE = 0.4  # how much colour varies in natural pictures, relative to brightness


def maximise_channels(
    backbone: keras.Model, block: str, channels: Sequence[int], *, steps: int = 48, seed: int = 0
) -> NDArray[np.uint8]:
    """Draw, for each channel, a picture that excites it as much as possible.

    This is gradient ascent on the pixels (Erhan et al. 2009). Three regularisers of Olah, Mordvintsev and Schubert
    (2017) keep it from turning into noise: each step is taken in a space where low frequencies count as much as in
    natural pictures, the picture is shifted a little before each step, and its contrast is limited.

    Args:
        backbone: any functional Keras backbone with a fixed picture size.
        block: one of ``blocks(backbone)``.
        channels: channels of that block, counted from 0; all are drawn together.
        steps: steps of gradient ascent, 1 or more.
        seed: of the starting pictures and the shifts.

    Returns:
        uint8 ``(channels, side, side, 3)``.

    Raises:
        CourseError: there is no such block or channel, or steps is below 1.
    """
    if steps < 1:
        raise CourseError(f"steps={steps} must be 1 or more.")
    *_, pictures = channel_sketches(backbone, block, channels, steps=steps, seed=seed)
    return pictures


def channel_sketches(
    backbone: keras.Model, block: str, channels: Sequence[int], *, steps: int, seed: int = 0
) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures of ``maximise_channels`` after each step of gradient ascent."""
    model = block_output(backbone, block)
    check_channels(channels, model.output_shape[-1], block)
    side = backbone.input_shape[1]
    rng = np.random.default_rng(seed)
    wanted = np.eye(model.output_shape[-1], dtype=np.float32)[list(channels)][:, None, None]
    weight = _low_frequencies(side)

    def excitement(pictures: Any) -> Any:
        return ops.sum(model(pictures, training=False) * wanted)

    gradient = gradient_function(excitement)
    pictures = _starting_pictures(model, channels, weight, rng)
    for _ in range(steps):
        shift = rng.integers(-side // 16, side // 16 + 1, size=2)
        moved = np.roll(pictures, shift, axis=(1, 2))
        uphill = np.roll(_natural(gradient(moved), weight**2, _HUE**2), -shift, axis=(1, 2))
        pictures = _normalised(pictures + _STEP * uphill / (_rms(uphill) + 1e-12))
        yield np.rint(pictures).astype(np.uint8)


def _low_frequencies(side: int) -> NDArray[np.float64]:
    """Return the amplitude of each spatial frequency in natural pictures, 1 / f, in the layout of ``fft2``."""
    frequency = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None])
    amplitude: NDArray[np.float64] = 1 / side / np.maximum(frequency, 1 / side)
    return amplitude


def _natural(pictures: NDArray[Any], weight: NDArray[np.float64], hue: float) -> NDArray[np.float32]:
    """Weight the spatial frequencies, and colour against brightness."""
    brightness = pictures.mean(axis=-1, keepdims=True)
    pictures = brightness + hue * (pictures - brightness)
    spectrum = np.fft.fft2(pictures, axes=(1, 2)) * weight[None, :, :, None]
    return np.fft.ifft2(spectrum, axes=(1, 2)).real.astype(np.float32)


def _rms(pictures: NDArray[Any]) -> NDArray[Any]:
    rms: NDArray[Any] = np.sqrt((pictures**2).mean(axis=(1, 2, 3), keepdims=True))
    return rms


def _normalised(pictures: NDArray[Any]) -> NDArray[np.float32]:
    """Limit the contrast, and clip every pixel to [0, 255]."""
    deviation = pictures - 127.5
    return np.clip(127.5 + deviation * np.minimum(1, _CONTRAST / (_rms(deviation) + 1e-12)), 0, 255)


def _starting_pictures(
    model: keras.Model, channels: Sequence[int], weight: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return, for each channel, the smooth noise picture that excites it most."""
    side = len(weight)
    noise = _natural(rng.normal(size=(_STARTS, side, side, 3)), weight, _HUE)
    pictures = _normalised(127.5 + _CONTRAST * noise / _rms(noise))
    maps = ops.convert_to_numpy(model(ops.convert_to_tensor(pictures), training=False))
    best: NDArray[np.float32] = pictures[maps.mean(axis=(1, 2)).argmax(axis=0)[list(channels)]]
    return best
