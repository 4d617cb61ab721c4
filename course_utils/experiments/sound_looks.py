"""A close look at drawn vowels for the sound microscope: how they look, and which are alike in each block."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data.drawn_sounds import VOWELS
from course_utils.data.sound_splits import SoundSplit
from course_utils.experiments.sound_features import all_clips, features_of_task, log_mels

TASK = "vowels"
#: Who speaks in the lab: five of the twelve.
VOICES = ("voice 01", "voice 04", "voice 07", "voice 10", "voice 12")
#: What a sound is compared in: the mean of its log-mel, then each block of Whisper's encoder.
LOOKED_IN = ("log-mel", "conv", "block1", "block2", "block3", "block4")
LEVELS = 36  # shades of a spectrogram, a character each: 0..9, then a..z
FRAMES, BANDS = 50, 40
_TAKE = 0


def looked_at() -> SoundSplit:
    """Return the sounds of the lab: one take of each vowel by each of five voices, vowel by vowel."""
    clips = all_clips(TASK)
    rows = [
        np.flatnonzero((clips.labels == label) & (clips.speakers == voice))[_TAKE]
        for label in range(len(VOWELS))
        for voice in VOICES
    ]
    return clips.rows(np.array(rows))


def look_at_sounds() -> list[dict[str, Any]]:
    """Look at every sound of the lab.

    Returns:
        For each sound ``vowel``, ``voice``; ``picture``: its log-mel, 50 frames of 40 bands, a character each;
        ``near``: by block, the cosines with all sounds in hundredths, after the mean of all clips is taken off;
        ``nearest``: the largest of them in the last block but for its own, -1..1.
    """
    sounds = looked_at()
    by_block = {
        "log-mel": features_of_task(TASK, "log-mel")["loudness of the bands"],
        **features_of_task(TASK, "Whisper"),
    }
    near = [_cosines(by_block[block], sounds.clips) for block in LOOKED_IN]
    looks = []
    for row, (wave, label, voice) in enumerate(zip(sounds.inputs, sounds.labels, sounds.speakers, strict=True)):
        others = np.delete(near[-1][row], row)
        looks.append(
            {
                "vowel": VOWELS[label],
                "voice": str(voice),
                "picture": picture_of(wave),
                "near": [np.rint(100 * cosines[row]).astype(int).tolist() for cosines in near],
                "nearest": float(others.max()),
            }
        )
    return looks


def picture_of(wave: NDArray[np.float32]) -> str:
    """Return a wave's log-mel as 2,000 characters: frame by frame, low bands first, the loudest ``z``."""
    mel = log_mels(wave[None])[0].reshape(FRAMES, -1, BANDS, 2).mean(axis=(1, 3))
    shades = np.rint((LEVELS - 1) * (mel - mel.min()) / max(float(np.ptp(mel)), 1e-6)).astype(int)
    return "".join(np.base_repr(shade, LEVELS).lower() for shade in shades.ravel())


def _cosines(features: NDArray[np.float32], clips: NDArray[np.intp]) -> NDArray[np.float32]:
    centred = features[clips] - features.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    cosines: NDArray[np.float32] = unit @ unit.T
    return cosines
