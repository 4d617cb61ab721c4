"""The log-mel spectrogram: equal to one computed by its definition, in double precision, without an FFT."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.backbones.log_mel import LogMel, mel_filters
from course_utils.errors import CourseError

RATE, WINDOW, HOP = 16_000, 400, 160


def band_corners() -> np.ndarray:
    """Return the 82 frequencies, in hertz, at which the 80 triangles begin, peak and end."""
    mels = np.linspace(0, 15 + 27 * np.log(8) / np.log(6.4), 82)  # 1 kHz is mel 15, 6.4 kHz is mel 42
    return np.where(mels < 15, mels * 1000 / 15, 1000 * 6.4 ** ((mels - 15) / 27))


def by_definition(wave: np.ndarray) -> np.ndarray:
    """Return a wave's log-mel spectrogram: the sums of Fourier's formula, triangles, a logarithm, and the cut."""
    mirrored = np.concatenate([wave[WINDOW // 2 : 0 : -1], wave, wave[-2 : -WINDOW // 2 - 2 : -1]]).astype(float)
    time = np.arange(WINDOW)
    hann = np.sin(np.pi * time / WINDOW) ** 2
    windows = np.stack([mirrored[start : start + WINDOW] * hann for start in range(0, len(wave) // HOP * HOP, HOP)])
    fourier = np.exp(-2j * np.pi * np.outer(time, np.arange(WINDOW // 2 + 1)) / WINDOW)
    power = np.abs(windows @ fourier) ** 2
    corners, frequencies = band_corners(), np.arange(WINDOW // 2 + 1) * RATE / WINDOW
    triangles = [
        np.interp(frequencies, corners[band : band + 3], [0, 2 / (corners[band + 2] - corners[band]), 0])
        for band in range(80)
    ]
    decades = np.log10(np.maximum(power @ np.stack(triangles, axis=1), 1e-10))
    return (np.maximum(decades, decades.max() - 8) + 4) / 4


def tone(hertz: float, samples: int = RATE // 4) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(samples) / RATE)).astype(np.float32)


def log_mel(waves: np.ndarray) -> np.ndarray:
    return np.asarray(LogMel()(waves))


@settings(max_examples=30)
@given(st.integers(WINDOW, 4000), st.integers(0, 2**32 - 1), st.floats(1e-3, 1))
def test_it_is_what_its_definition_gives(samples: int, seed: int, loudness: float) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.1, samples)
    waves = (loudness * np.stack([noise, tone(rng.uniform(50, 7900), samples) + noise])).astype(np.float32)
    found = log_mel(waves)
    assert found.shape == (2, samples // HOP, 80)
    np.testing.assert_allclose(found, np.stack([by_definition(wave) for wave in waves]), atol=1e-4)


@pytest.mark.parametrize("hertz", [200, 440, 1000, 3000, 6000])
def test_a_tone_is_loudest_in_its_own_band(hertz: float) -> None:
    band = log_mel(tone(hertz)[None])[0, 10].argmax()
    low, high = band_corners()[[band, band + 2]]
    assert low < hertz < high


def test_ten_times_as_loud_is_half_a_unit_more() -> None:
    wave = np.random.default_rng(0).normal(0, 0.05, (1, 8000)).astype(np.float32)
    np.testing.assert_allclose(log_mel(10 * wave) - log_mel(wave), 0.5, atol=1e-4)


def test_silence_is_flat_and_a_wave_is_cut_off_two_units_below_its_own_loudest_point() -> None:
    silent, loud = np.zeros(4000, np.float32), tone(1000)
    found = log_mel(np.stack([silent, loud]))
    np.testing.assert_allclose(found[0], -1.5)
    assert found[1].max() - found[1].min() == pytest.approx(2)
    np.testing.assert_allclose(found[1], log_mel(loud[None])[0], atol=1e-6)


def test_bands_are_triangles_of_equal_area() -> None:
    filters = mel_filters()
    assert filters.shape == (201, 80)
    assert (filters >= 0).all()
    wide = np.diff(band_corners())[1:] > 200  # with enough frequencies in them to sum up an area
    assert wide.any()
    np.testing.assert_allclose(filters.sum(axis=0)[wide[:80]] * RATE / WINDOW, 1, atol=0.02)


@pytest.mark.parametrize(("samples", "word"), [(0, "short"), (399, "short"), (480_001, "long")])
def test_a_wave_too_short_or_too_long_is_one_sentence(samples: int, word: str) -> None:
    with pytest.raises(CourseError, match=rf"{samples:,} samples is too {word}.*400 .* to 480,000") as caught:
        log_mel(np.zeros((1, samples), np.float32))
    assert "\n" not in str(caught.value)


def test_it_stays_in_single_precision_under_a_policy_of_half() -> None:
    wave = tone(440)[None]
    whole = log_mel(wave)
    keras.config.set_dtype_policy("mixed_float16")
    try:
        found = LogMel()(wave)
    finally:
        keras.config.set_dtype_policy("float32")
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    np.testing.assert_allclose(found, whole, atol=1e-6)
