"""What each block of Whisper's encoder makes easy; how many speakers help; and what damage to a sound costs."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import load_backbone, spec_of
from course_utils.data import load_sounds, one_window
from course_utils.experiments.sound_budgets import clip_parts, labels_of
from course_utils.experiments.sound_features import (
    STRETCHED,
    all_clips,
    features_of_task,
    features_of_waves,
    log_mel_features,
    log_mels,
)
from course_utils.transfer import linear_probe

DIGITS = "spoken_digits"
LAST = "block4"
_PER_CLASS = 5
#: A method's name, where its features come from, and which of them are probed.
COMPARED = (("Whisper, frozen", "Whisper", LAST), ("log-mel", "log-mel", STRETCHED))

_Waves = NDArray[np.float32]


def _backwards(waves: _Waves) -> _Waves:
    return waves[:, ::-1].copy()


def _twice_as_fast(waves: _Waves) -> _Waves:
    """Take 8,000 samples per second for 16,000: half as long, and an octave up."""
    return np.stack([one_window(wave[::2]) for wave in waves])


def _quieter(waves: _Waves) -> _Waves:
    return 0.05 * waves


#: What is done to the clips that are tested.
DAMAGES: dict[str, Callable[[_Waves], _Waves]] = {
    "as recorded": lambda waves: waves,
    "20 times quieter": _quieter,
    "wrong sample rate": _twice_as_fast,
    "backwards": _backwards,
}
UPSIDE_DOWN = "pitch upside down"


def layer_rows(what: str, network: str, seed: int) -> list[dict[str, Any]]:
    """Probe every block for what is said or for who says it, with five labels of each class.

    Words are tested on a speaker who was never heard, speakers on five words that were never heard, so that neither
    can be told by the other.

    Args:
        what: ``"digit"`` or ``"speaker"``.
        network: ``"pretrained"`` or ``"random"``.
        seed: draws the clips, and who is tested.

    Returns:
        Rows with ``block``, ``accuracy`` (0..1) and ``classes``.
    """
    learned, tested, labels = _digit_task(seed) if what == "digit" else _speaker_task(seed)
    features = features_of_task(DIGITS, "Whisper" if network == "pretrained" else "random Whisper")
    rows = []
    for block, vectors in features.items():
        accuracy = linear_probe(vectors[learned], labels[learned]).score(vectors[tested], labels[tested])
        rows.append({"block": block, "accuracy": float(accuracy), "classes": len(np.unique(labels))})
    return rows


def speaker_rows(speakers: int, takes: int, seed: int) -> list[dict[str, Any]]:
    """Learn from ``takes`` takes of each digit, spread evenly over so many speakers, and test on another one.

    Returns:
        Rows with ``method`` and ``accuracy`` (0..1).
    """
    clips, rng = all_clips(DIGITS), np.random.default_rng(seed)
    tested = load_sounds(DIGITS, seed).test.clips  # type: ignore[attr-defined]
    others = rng.permutation(np.setdiff1d(clips.speakers, clips.speakers[tested]))[:speakers]
    learned = np.concatenate(
        [
            rng.permutation(np.flatnonzero((clips.speakers == who) & (clips.labels == digit)))[: takes // speakers]
            for who in others
            for digit in range(10)
        ]
    )
    rows = []
    for method, source, block in COMPARED:
        vectors = features_of_task(DIGITS, source)[block]
        probe = linear_probe(vectors[learned], clips.labels[learned])
        rows.append({"method": method, "accuracy": float(probe.score(vectors[tested], clips.labels[tested]))})
    return rows


def damage_rows(damage: str, seed: int) -> list[dict[str, Any]]:
    """Learn from 20 clips of each digit as they are, and test on damaged clips of another speaker.

    Returns:
        Rows with ``method`` and ``accuracy`` (0..1).
    """
    parts, labels = clip_parts(DIGITS, 20, seed), labels_of(DIGITS)
    rows = []
    for method, source, block in COMPARED:
        probe = linear_probe(features_of_task(DIGITS, source)[block][parts.few], labels[parts.few])
        damaged = _damaged_features(damage, source)[block][parts.unheard]
        rows.append({"method": method, "accuracy": float(probe.score(damaged, labels[parts.unheard]))})
    return rows


@lru_cache(maxsize=12)
def _damaged_features(damage: str, source: str) -> dict[str, NDArray[np.float32]]:
    waves = all_clips(DIGITS).inputs
    if damage != UPSIDE_DOWN:
        return features_of_waves(DAMAGES[damage](waves), source)
    turned = log_mels(waves)[:, :, ::-1]
    return log_mel_features(turned, waves) if source == "log-mel" else {LAST: _after_log_mels(turned, waves)}


def _after_log_mels(mels: NDArray[np.float32], waves: _Waves) -> NDArray[np.float32]:
    """Return the last block's features, float32 ``(n, 384)``, of log-mels ``(n, frames, 80)``; the waves say what is
    quiet."""
    whisper = load_backbone("whisper_tiny_en")
    rest = keras.Model(whisper.get_layer("log_mel").output, whisper.get_layer("norm").output)
    pooling = spec_of(whisper).pooling
    chunks = [slice(start, start + 100) for start in range(0, len(mels), 100)]
    return np.concatenate([pooling.apply(np.asarray(rest(mels[chunk])), waves[chunk]) for chunk in chunks])


def _digit_task(seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    parts = clip_parts(DIGITS, _PER_CLASS, seed)
    return parts.few, parts.unheard, labels_of(DIGITS)


def _speaker_task(seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    clips, rng = all_clips(DIGITS), np.random.default_rng(seed)
    who = np.unique(clips.speakers, return_inverse=True)[1]
    words = rng.permutation(10)
    learned_from = np.isin(clips.labels, words[:5])
    learned = [rng.permutation(np.flatnonzero(learned_from & (who == one)))[:_PER_CLASS] for one in np.unique(who)]
    return np.concatenate(learned), np.flatnonzero(~learned_from), who.astype(np.int64)
