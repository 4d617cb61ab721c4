"""Sound files as waves: any usual format, rate and number of channels in; 16 kHz, one channel out."""

import io
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError

SAMPLE_RATE = 16_000  # samples per second, of all waves in the course
SOUND_ENDINGS = (".wav", ".flac", ".ogg", ".mp3")
_LONGEST, _SHORTEST = 60.0, 0.025  # seconds
_RATES = (4_000, 192_000)  # samples per second
_SILENT, _FULL, _CLIPPED = 1e-3, 0.999, 0.01  # peak; a sample at the limit; share of such samples


class SoundWarning(UserWarning):
    """Something is odd about a sound, but it can be used."""


def read_sound(path: str | Path) -> NDArray[np.float32]:
    """Read a sound file as a wave.

    Channels are averaged, and any rate from 4 to 192 kHz is converted to 16 kHz with a low-pass filter, so that nothing
    above the new limit folds back.

    Args:
        path: a WAV, FLAC, Ogg or MP3 file with 25 ms to 60 s of sound; any sample format.

    Returns:
        float32 ``(samples,)`` at 16 kHz, about -1 to 1.

    Warns:
        SoundWarning: more than 1 % of the samples are at the limit: the recording was too loud.

    Raises:
        CourseError: there is no such file, it is no sound, or it is too short, too long or silent.
    """
    import soundfile  # here, since it loads a library that most lessons never need

    path = Path(path)
    if not path.is_file():
        raise CourseError(f"There is no file {path}. Give the path of a sound file.")
    try:
        with soundfile.SoundFile(path) as file:
            rate, seconds = file.samplerate, file.frames / file.samplerate
            _require_usable(path, rate, seconds)
            recorded = file.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError):  # RuntimeError: a rate of 0, and the like
        raise CourseError(
            f"{path.name} is no sound file, whatever its name says. Save it as WAV, FLAC, Ogg or MP3."
        ) from None
    if not np.isfinite(recorded).all():
        raise CourseError(f"{path.name} holds samples that are no numbers. Save it again from your recorder.")
    wave = recorded.mean(axis=1)
    if len(wave) == 0 or np.abs(wave).max() < _SILENT:
        raise CourseError(f"{path.name} is silent. Check the microphone, and record it again.")
    if (np.abs(recorded) >= _FULL).mean() > _CLIPPED:
        warnings.warn(f"{path.name} is clipped: move away from the microphone, or lower its level.", SoundWarning, 2)
    return resampled(wave, rate)


def resampled(wave: NDArray[np.floating], rate: int) -> NDArray[np.float32]:
    """Convert a wave ``(samples,)`` from ``rate`` samples per second to 16 kHz, with a low-pass filter."""
    from scipy.signal import resample_poly

    step = Fraction(SAMPLE_RATE, rate)
    return np.asarray(resample_poly(wave, step.numerator, step.denominator), np.float32)


def one_window(wave: NDArray[np.floating], samples: int = SAMPLE_RATE) -> NDArray[np.float32]:
    """Return exactly so many samples: a short wave is filled up with silence, and of a long one the loudest part stays.

    Args:
        wave: ``(n,)``.
        samples: how many are wanted; a second, if nothing else is said.
    """
    if len(wave) > samples:
        energy = np.concatenate([[0.0], np.cumsum(np.square(wave, dtype=float))])
        start = int(np.argmax(energy[samples:] - energy[:-samples]))
        wave = wave[start : start + samples]
    return np.pad(wave, (0, samples - len(wave))).astype(np.float32)


def as_wav(wave: NDArray[np.floating], rate: int = SAMPLE_RATE) -> bytes:
    """Return a wave ``(samples,)``, about -1 to 1, as the content of a WAV file of 16 bits a sample."""
    import soundfile  # here, since it loads a library that most lessons never need

    content = io.BytesIO()
    soundfile.write(content, wave, rate, format="WAV", subtype="PCM_16")
    return content.getvalue()


def _require_usable(path: Path, rate: int, seconds: float) -> None:
    if not _RATES[0] <= rate <= _RATES[1]:
        raise CourseError(f"{path.name} has {rate:,} samples per second. Save it with 8,000 to 48,000.")
    if seconds < _SHORTEST:
        raise CourseError(f"{path.name} lasts {1000 * seconds:.0f} ms, too short to hold a sound. Record it again.")
    if seconds > _LONGEST:
        raise CourseError(
            f"{path.name} lasts {seconds:,.0f} s; at most {_LONGEST:.0f} s are read. Cut it into a file for each word."
        )
