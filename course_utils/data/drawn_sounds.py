"""Sounds drawn by code: vowels of made-up speakers, and glides of made-up instruments."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from course_utils.data.sound_splits import Sounds
from course_utils.data.sounds import SAMPLE_RATE

#: Formants in hertz, averages of 33 men (Peterson and Barney 1952).
_FORMANTS = {
    "ee": (270, 2290, 3010),
    "eh": (530, 1840, 2480),
    "ah": (730, 1090, 2440),
    "aw": (570, 840, 2410),
    "oo": (300, 870, 2240),
}
VOWELS = tuple(_FORMANTS)
_WIDTHS = (60, 90, 150)  # of the formants, in hertz
GLIDES = ("rising", "falling", "up and down", "down and up", "steady")
_SPEAKERS, _TAKES = 12, 12
_SAMPLES = SAMPLE_RATE


def draw_vowels() -> Sounds:
    """Return 720 vowels of a second: 12 speakers, who differ in pitch, length of the vocal tract and breath."""
    return _draw(VOWELS, _vowel)


def draw_glides() -> Sounds:
    """Return 720 glides of a second: 12 instruments, which differ in register and overtones."""
    return _draw(GLIDES, _glide)


def _draw(classes: tuple[str, ...], sound: Callable[..., NDArray[np.float64]]) -> Sounds:
    waves, labels, speakers = [], [], []
    for speaker in range(_SPEAKERS):
        voice = np.random.default_rng([speaker, len(classes)])
        # Spread over the whole range, in an order that says nothing, so that neighbours in number aren't alike.
        place = (7 * speaker % _SPEAKERS + voice.random()) / _SPEAKERS
        traits = {"place": place, "length": voice.uniform(0.85, 1.2), "breath": voice.uniform(0.002, 0.02)}
        traits["slope"] = voice.uniform(0.6, 1.4)
        for label, name in enumerate(classes):
            for take in range(_TAKES):
                rng = np.random.default_rng([speaker, label, take])
                waves.append(_placed(sound(name, rng, **traits), rng))
                labels.append(label)
                speakers.append(f"voice {speaker + 1:02d}")
    return Sounds(classes, np.stack(waves), np.array(labels, np.int64), np.array(speakers))


def _vowel(
    name: str, rng: np.random.Generator, *, place: float, length: float, breath: float, slope: float
) -> NDArray[np.float64]:
    """Return a vowel: pulses of the vocal folds and breath, through three resonances (Fant 1960)."""
    from scipy.signal import lfilter

    samples = int(rng.uniform(0.35, 0.7) * _SAMPLES)
    pitch = 90 * 3**place * rng.uniform(0.93, 1.07) * _bend(rng, samples, 0.08)
    pulses = np.diff(np.floor(np.cumsum(pitch) / SAMPLE_RATE), prepend=0.0)
    wave = lfilter([1], [1, -0.95 + 0.05 * slope], pulses) + breath * rng.normal(size=samples)
    for formant, width in zip(_FORMANTS[name], _WIDTHS, strict=True):
        centre = formant / length * rng.uniform(0.96, 1.04)
        radius = np.exp(-np.pi * width / SAMPLE_RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * centre / SAMPLE_RATE), radius**2]
        wave = lfilter([sum(poles)], poles, wave)
    return np.asarray(wave)


def _glide(
    name: str, rng: np.random.Generator, *, place: float, length: float, breath: float, slope: float
) -> NDArray[np.float64]:
    """Return a tone with overtones, whose pitch moves by up to an octave."""
    samples = int(rng.uniform(0.4, 0.8) * _SAMPLES)
    time = np.linspace(0, 1, samples)
    shapes = {
        "rising": time - 0.5,
        "falling": 0.5 - time,
        "up and down": 1 - np.abs(2 * time - 1) - 0.5,
        "down and up": np.abs(2 * time - 1) - 0.5,
        "steady": np.zeros(samples),
    }
    pitch = 160 * 6**place * 2 ** (rng.uniform(0.5, 1) * shapes[name] + rng.uniform(-0.2, 0.2))
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    tones = [np.sin(n * phase) / n ** (1.5 * slope) for n in (1, 2, 3, round(3 + 2 * length))]
    return np.asarray(np.sum(tones, axis=0) + 4 * breath * rng.normal(size=samples))


def _bend(rng: np.random.Generator, samples: int, most: float) -> NDArray[np.float64]:
    """Return a slow change of pitch, as a factor."""
    first, last = rng.uniform(-most, most, 2)
    return np.asarray(1 + np.linspace(first, last, samples))


def _placed(wave: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float32]:
    """Fade a sound in and out, set its loudness, and put it somewhere into a quiet second."""
    fade = np.minimum(1, np.minimum(np.arange(len(wave)), np.arange(len(wave))[::-1]) / (0.03 * SAMPLE_RATE))
    wave = wave * fade
    wave *= rng.uniform(0.2, 0.6) / np.abs(wave).max()
    second = 0.001 * rng.normal(size=_SAMPLES)
    start = rng.integers(0, _SAMPLES - len(wave) + 1)
    second[start : start + len(wave)] += wave
    return second.astype(np.float32)
