"""The log-mel spectrogram, in which many sound networks take a wave: loudness by time and pitch."""

from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from course_utils.data.sounds import SAMPLE_RATE
from course_utils.errors import CourseError

LONGEST = 30 * SAMPLE_RATE  # samples, the length that Whisper was trained on
WINDOW, HOP = 400, 160  # samples: 25 ms and 10 ms
_BANDS = 80
_FLOOR = 1e-10  # of a power, before its logarithm
_DECADES = 8  # how far below its loudest point a spectrogram reaches


@keras.saving.register_keras_serializable("course_utils")
class LogMel(layers.Layer):
    """Turn waves into log-mel spectrograms, as Whisper takes them (Radford et al. 2022, section 2.2).

    Each window of 25 ms, every 10 ms, gives the power in 80 bands of the mel scale; its logarithm is cut off 8 decades
    below the loudest point of the same wave, and scaled to a range of 2, around [-1, 1] for loud recordings. The layer
    has no weights, and computes in float32 under any policy, since powers leave the range of float16.

    Input: waves in [-1, 1] at 16 kHz, float32 ``(n, samples)``, with 400 to 480,000 samples. Output: float32 ``(n,
    samples // 160, 80)``.

    Raises:
        CourseError: a wave is shorter than a window, or longer than 30 s; if the length is known in time.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "dtype": "float32"})
        self._filters = mel_filters()

    def call(self, waves: Any) -> Any:
        self._require_length(waves.shape[1])
        real, imaginary = self.fourier(waves)
        power = (ops.square(real) + ops.square(imaginary))[:, :-1]  # Whisper leaves out the last window
        decades = ops.log10(ops.maximum(ops.matmul(power, self._filters), _FLOOR))
        loudest = ops.max(decades, axis=(1, 2), keepdims=True)
        return (ops.maximum(decades, loudest - _DECADES) + 4) / 4

    def fourier(self, waves: Any) -> tuple[Any, Any]:
        """Return the Fourier transform of every window, real and imaginary part, ``(n, 1 + samples // 160, 201)``."""
        real, imaginary = ops.stft(waves, WINDOW, HOP, WINDOW)
        return real, imaginary

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        n, samples = input_shape
        return (n, None if samples is None else samples // HOP, _BANDS)

    def _require_length(self, samples: int | None) -> None:
        if samples is not None and not WINDOW <= samples <= LONGEST:
            raise CourseError(
                f"A wave of {samples:,} samples is too {'short' if samples < WINDOW else 'long'}: this network takes "
                f"{WINDOW} (25 ms) to {LONGEST:,} (30 s), at 16,000 per second. Fill it up with zeros, or cut it into "
                "pieces."
            )


def mel_filters() -> NDArray[np.float32]:
    """Return how much each frequency of a window counts in each mel band: float32 ``(201, 80)``.

    The bands are triangles of equal area, overlapping by half, on Slaney's mel scale: linear up to 1 kHz, logarithmic
    above (Slaney 1998, Auditory Toolbox).
    """
    frequencies = np.linspace(0, SAMPLE_RATE / 2, WINDOW // 2 + 1)
    corners = _corners()
    low, centre, high = corners[:-2], corners[1:-1], corners[2:]
    rising = (frequencies[:, None] - low) / (centre - low)
    falling = (high - frequencies[:, None]) / (high - centre)
    return (np.clip(np.minimum(rising, falling), 0, None) * 2 / (high - low)).astype(np.float32)


def band_centres() -> NDArray[np.float64]:
    """Return the frequency, in hertz, at which each mel band counts most: ``(80,)``, rising."""
    return _corners()[1:-1]


_LINEAR = 200 / 3  # hertz per mel below the corner
_CORNER = 1000.0  # hertz
_STEP = np.log(6.4) / 27  # of the logarithm of the frequency, per mel above the corner


def _corners() -> NDArray[np.float64]:
    """Return the frequencies at which the triangles begin, peak and end, ``(82,)``."""
    return _hertz(np.linspace(0, _mel(SAMPLE_RATE / 2), _BANDS + 2))


def _mel(hertz: float) -> float:
    """Return the mel of a frequency above the corner."""
    return float(_CORNER / _LINEAR + np.log(hertz / _CORNER) / _STEP)


def _hertz(mels: NDArray[np.float64]) -> NDArray[np.float64]:
    corner = _CORNER / _LINEAR
    return np.where(mels < corner, mels * _LINEAR, _CORNER * np.exp((mels - corner) * _STEP))
