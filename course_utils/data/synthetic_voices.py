"""Words spoken by a synthesiser, eSpeak NG, if it is installed: voices to learn from that nobody had to record.

The synthesiser is under the GPL-3, so it isn't a part of the course, and neither is anything that it says: the package
``espeakng-loader`` brings its library, which is called here from C.
"""

import ctypes
import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data.sound_splits import SoundSplit
from course_utils.data.sounds import one_window, resampled
from course_utils.errors import CourseError

#: Brings the library.
PACKAGE = "espeakng_loader"
_ACCENTS = ("en", "en-us", "en-gb-scotland", "en-gb-x-rp")
_SPEAKERS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5")
_SYNCHRONOUS, _NO_EXIT, _UTF8 = 2, 0x8000, 1  # of the library's header
_RATE, _PITCH = 1, 3
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


@dataclass(frozen=True)
class SyntheticVoice:
    """How somebody speaks: an accent and a speaker of eSpeak NG, words a minute (80..450), and pitch (0..99)."""

    accent: str
    speaker: str
    rate: int
    pitch: int

    def __str__(self) -> str:
        return f"{self.accent}+{self.speaker}, {self.rate} words a minute, pitch {self.pitch}"


def has_synthesiser() -> bool:
    """Return whether eSpeak NG is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


def draw_voices(n: int, seed: int = 0) -> list[SyntheticVoice]:
    """Draw ``n`` voices: accents and speakers in turn, rates and pitches at random."""
    rng = np.random.default_rng((seed, 12))
    pairs = [(accent, speaker) for speaker in _SPEAKERS for accent in _ACCENTS]
    order = rng.permutation(len(pairs))
    voices = []
    for number in range(n):
        accent, speaker = pairs[order[number % len(pairs)]]
        voices.append(SyntheticVoice(accent, speaker, int(rng.integers(120, 200)), int(rng.integers(20, 80))))
    return voices


def synthetic_words(words: Sequence[str], voices: Sequence[SyntheticVoice]) -> SoundSplit:
    """Let every voice say every word, on this computer. Its breath is random: two calls differ a little.

    Returns:
        Clips of a second at 16 kHz, word by word; the labels are the words' numbers.

    Raises:
        CourseError: there is nothing to say, nobody to say it, or no synthesiser.
    """
    if not words or not voices or not all(word.strip() for word in words):
        raise CourseError("words and voices must not be empty, and no word may be blank.")
    waves = np.stack([one_window(_said(word, voice)) for word in words for voice in voices])
    labels = np.repeat(np.arange(len(words)), len(voices)).astype(np.int64)
    speakers = np.array([str(voice) for voice in voices] * len(words))
    return SoundSplit(waves, labels, speakers, np.arange(len(labels)))


def _said(word: str, voice: SyntheticVoice) -> NDArray[np.float32]:
    """Return what a voice says, at 16 kHz, float32 in [-1, 1]."""
    library, rate = _library()
    pieces: list[NDArray[np.int16]] = []

    def hear(samples: Any, count: int, _: object) -> int:
        if samples and count > 0:
            pieces.append(np.ctypeslib.as_array(samples, (count,)).astype(np.int16))  # a copy: the buffer is used again
        return 0

    callback = _CALLBACK(hear)
    library.espeak_SetSynthCallback(callback)
    name = f"{voice.accent}+{voice.speaker}"
    if library.espeak_SetVoiceByName(name.encode()) != 0:
        raise CourseError(f"eSpeak NG has no voice {name!r}. Take one of draw_voices().")
    library.espeak_SetParameter(_RATE, voice.rate, 0)
    library.espeak_SetParameter(_PITCH, voice.pitch, 0)
    text = word.encode()
    library.espeak_Synth(text, ctypes.c_size_t(len(text) + 1), 0, 0, 0, _UTF8, None, None)
    library.espeak_Synchronize()
    if not pieces:
        raise CourseError(f"eSpeak NG said nothing for {word!r}. Try another word.")
    return resampled(np.concatenate(pieces).astype(np.float32) / 2**15, rate)


@lru_cache(maxsize=1)
def _library() -> tuple[Any, int]:
    """Load the library once, since it keeps its state for the whole process; return it and its samples a second."""
    if not has_synthesiser():
        raise CourseError(
            "There is no synthesiser on this computer. To install eSpeak NG, which is under the GPL-3: pip install "
            "espeakng-loader"
        )
    import espeakng_loader

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    folder = Path(espeakng_loader.get_data_path())
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, str(folder).encode(), _NO_EXIT)
    if rate <= 0:
        raise CourseError(f"eSpeak NG can't be used: its data in {folder} can't be read. Install it again.")
    return library, int(rate)
