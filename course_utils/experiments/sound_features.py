"""Features of all clips of a sound task, computed once: log-mels, and what frozen networks make of them."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from skimage.transform import resize

from course_utils.backbones import Pooling, declare, load_backbone, spec_of
from course_utils.backbones.log_mel import HOP, LogMel
from course_utils.backbones.padding import QuietMark
from course_utils.data import load_sounds
from course_utils.data.sound_splits import SoundSplit
from course_utils.inspection import block_features

_SIDE = 96  # pixels of a log-mel as a picture
_CHUNK = 200  # clips
_POOLED = (4, 2)  # frames and bands that are averaged

#: What is probed: the features by name, each float32 ``(clips, channels)``.
ByBlock = dict[str, NDArray[np.float32]]
SILENCE_COUNTED = "Whisper, silence counted"
#: Networks that stay frozen.
FROZEN = ("Whisper", SILENCE_COUNTED, "random Whisper", "picture network")
#: What a probe takes of a log-mel where nothing is chosen.
STRETCHED = "stretched log-mel"


def all_clips(task: str) -> SoundSplit:
    """Return all clips of a task, in the order of their numbers."""
    parts = load_sounds(task)
    joined = [
        np.concatenate([getattr(getattr(parts, part), name) for part in ("train", "validation", "test")])
        for name in ("inputs", "labels", "speakers", "clips")
    ]
    return SoundSplit(*joined).rows(np.argsort(joined[-1]))


def log_mels(waves: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return waves ``(n, samples)`` as Whisper's log-mels, float32 ``(n, samples // 160, 80)``."""
    layer = LogMel()
    chunks = [waves[start : start + _CHUNK] for start in range(0, len(waves), _CHUNK)]
    return np.concatenate([np.asarray(layer(chunk)) for chunk in chunks])


def sounding_parts(mels: NDArray[np.float32], waves: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Return of each log-mel the part from the first frame to the last that is not quiet, ``(some frames, 80)``.

    Args:
        mels: ``(n, frames, 80)``.
        waves: what they were computed from, ``(n, samples)``; these say what is quiet.
    """
    return [mel[heard[0] : heard[-1] + 1] for mel, heard in zip(mels, _heard(waves, mels.shape[1]), strict=True)]


def as_pictures(mels: Sequence[NDArray[np.float32]], side: int = _SIDE) -> NDArray[np.float32]:
    """Return log-mels ``(frames, 80)``, of any lengths, as grey pictures, float32 ``(n, side, side, 3)`` in 0..255.

    Time runs to the right and pitch upwards; each picture reaches from black to white.
    """
    pictures = []
    for mel in mels:
        upright = np.flip(mel.T, axis=0)
        pictures.append(resize((upright - upright.min()) / max(float(np.ptp(upright)), 1e-6), (side, side)))
    return np.repeat(255 * np.stack(pictures)[..., None], 3, axis=-1).astype(np.float32)


def log_mel_features(mels: NDArray[np.float32], waves: NDArray[np.float32]) -> ByBlock:
    """Return what a probe can take of log-mels without a network; the arguments are those of ``sounding_parts``.

    How loud each band is, where it isn't quiet; a coarse picture; and one of the part that sounds, stretched to the
    same size.
    """
    n, frames, bands = mels.shape
    tall, wide = _POOLED
    kept = mels[:, : frames // tall * tall].reshape(n, frames // tall, tall, bands // wide, wide)
    loud = [mel[heard] for mel, heard in zip(mels, _heard(waves, frames), strict=True)]
    stretched = [resize(part, (frames // tall, bands // wide)) for part in sounding_parts(mels, waves)]
    return {
        "loudness of the bands": np.stack([np.concatenate([mel.mean(axis=0), mel.std(axis=0)]) for mel in loud]),
        "coarse log-mel": kept.mean(axis=(2, 4)).reshape(n, -1),
        STRETCHED: np.stack(stretched).reshape(n, -1).astype(np.float32),
    }


def _heard(waves: NDArray[np.float32], frames: int) -> list[NDArray[np.intp]]:
    """Return the numbers of each wave's frames that are not quiet."""
    heard = np.asarray(QuietMark(2 * HOP).compute_mask([None, waves])).repeat(2, axis=1)[:, :frames]
    return [np.flatnonzero(row) for row in heard]


@lru_cache(maxsize=12)
def features_of_task(task: str, source: str) -> ByBlock:
    """Return features of all clips of a task, a row for each clip in the order of their numbers.

    Args:
        task: as in ``load_sounds``.
        source: one of ``FROZEN``, or ``"log-mel"``.
    """
    return features_of_waves(all_clips(task).inputs, source)


def features_of_waves(waves: NDArray[np.float32], source: str) -> ByBlock:
    """Return features of waves ``(n, samples)``, as ``features_of_task`` does."""
    if source in ("log-mel", "picture network"):
        mels = log_mels(waves)
        if source == "log-mel":
            return log_mel_features(mels, waves)
        pictures = as_pictures(sounding_parts(mels, waves))
        return block_features(load_backbone("efficientnet_lite0", image_size=_SIDE), pictures)
    whisper = load_backbone("whisper_tiny_en", weights=None if source == "random Whisper" else "pretrained")
    if source == SILENCE_COUNTED:
        declare(whisper, replace(spec_of(whisper), pooling=Pooling()))
    return block_features(whisper, waves)
