"""Near-duplicates among recordings: found whatever was done to a copy, and not among different ones."""

import io

import numpy as np
import pytest
import soundfile
from scipy.signal import resample_poly

from course_utils.data.drawn_sounds import draw_vowels
from course_utils.data.sound_duplicates import near_duplicate_sounds
from course_utils.data.sounds import SAMPLE_RATE, one_window


def _as_mp3(wave):
    file = io.BytesIO()
    soundfile.write(file, wave, SAMPLE_RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=0.9)
    return soundfile.read(io.BytesIO(file.getvalue()), dtype="float32")[0]


CHANGES = {
    "quieter": lambda wave: 0.3 * wave,
    "upside down": lambda wave: -wave,
    "later": lambda wave: np.concatenate([np.zeros(2_400, np.float32), wave]),
    "as MP3": _as_mp3,
    "at 8 kHz": lambda wave: resample_poly(resample_poly(wave, 1, 2), 2, 1).astype(np.float32),
}


def murmurs(count: int) -> np.ndarray:
    """Half a second of noise each, below 3 kHz, of another colour and another course of loudness every time."""
    rng = np.random.default_rng(0)
    made = []
    for _ in range(count):
        spectrum = np.fft.rfft(rng.normal(size=SAMPLE_RATE // 2))
        bands = np.interp(np.arange(len(spectrum)), np.linspace(0, 1_500, 12), rng.uniform(-2, 0, 12), right=-4)
        noise = np.fft.irfft(spectrum * 10**bands) * np.interp(
            np.arange(8_000), [0, 3_000, 8_000], rng.uniform(0, 1, 3)
        )
        made.append(one_window((0.5 * noise / np.abs(noise).max()).astype(np.float32)))
    return np.stack(made)


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_found(change):
    waves = murmurs(30)
    copies = [one_window(CHANGES[change](waves[row])) for row in (4, 17)]
    assert near_duplicate_sounds(np.stack([*waves, *copies])).tolist() == [[4, 30], [17, 31]]


def test_the_same_vowel_by_different_voices_is_no_copy():
    assert len(near_duplicate_sounds(draw_vowels().waves)) == 0


def test_copies_are_found_across_blocks_of_rows(monkeypatch):
    monkeypatch.setattr("course_utils.data.sound_duplicates._BLOCK", 8)
    waves = murmurs(30)
    waves[27] = 0.5 * waves[2]
    assert near_duplicate_sounds(waves).tolist() == [[2, 27]]


def test_a_hum_without_any_speech_is_compared_without_complaint():
    hum = np.sin(2 * np.pi * 50 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    assert near_duplicate_sounds(np.stack([hum, np.ones_like(hum), *murmurs(2), 0.5 * hum])).tolist() == [[0, 4]]
    assert len(near_duplicate_sounds(np.zeros((0, SAMPLE_RATE), np.float32))) == 0
