"""Features of all clips of a sound task, computed once: log-mels, and what frozen networks make of them."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from skimage.transform import resize

from course_utils.backbones import load_backbone
from course_utils.backbones.log_mel import LogMel
from course_utils.data import load_sounds
from course_utils.data.sound_splits import SoundSplit
from course_utils.inspection import block_features

_SIDE = 96  # pixels of a log-mel as a picture
_CHUNK = 200  # clips
_POOLED = (4, 2)  # frames and bands that are averaged

#: What is probed: the features by name, each float32 ``(clips, channels)``.
ByBlock = dict[str, NDArray[np.float32]]
#: Networks that stay frozen.
FROZEN = ("Whisper", "random Whisper", "picture network")


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


def as_pictures(mels: NDArray[np.float32], side: int = _SIDE) -> NDArray[np.float32]:
    """Return log-mels ``(n, frames, 80)`` as grey pictures, float32 ``(n, side, side, 3)`` in 0..255.

    Time runs to the right and pitch upwards; each picture reaches from black to white.
    """
    upright = np.flip(mels.transpose(0, 2, 1), axis=1)
    low, high = (edge(upright, axis=(1, 2), keepdims=True) for edge in (np.min, np.max))
    grey = np.stack([resize(picture, (side, side)) for picture in (upright - low) / np.maximum(high - low, 1e-6)])
    return np.repeat(255 * grey[..., None], 3, axis=-1).astype(np.float32)


def log_mel_features(mels: NDArray[np.float32]) -> ByBlock:
    """Return two things that a probe can take of log-mels without a network: how loud each band is, and a picture."""
    n, frames, bands = mels.shape
    tall, wide = _POOLED
    kept = mels[:, : frames // tall * tall].reshape(n, frames // tall, tall, bands // wide, wide)
    loudness = np.concatenate([mels.mean(axis=1), mels.std(axis=1)], axis=1)
    return {"loudness of the bands": loudness, "coarse log-mel": kept.mean(axis=(2, 4)).reshape(n, -1)}


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
    if source == "log-mel":
        return log_mel_features(log_mels(waves))
    if source == "picture network":
        return block_features(load_backbone("efficientnet_lite0", image_size=_SIDE), as_pictures(log_mels(waves)))
    weights = None if source == "random Whisper" else "pretrained"
    return block_features(load_backbone("whisper_tiny_en", weights=weights), waves)
