"""Label budgets of sound: frozen networks and log-mels on the same clips, tested on known voices and unheard ones."""

from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_utils.data import load_sounds
from course_utils.experiments.sound_features import SILENCE_COUNTED, ByBlock, features_of_task
from course_utils.transfer import linear_probe

BUDGETS = (1, 5, 20)
#: Each with where its features come from. All choose block and strength on the validation speakers, but for
#: ``OURS``, which is Whisper's last block as anybody would take it, and the same with silence counted.
METHODS = {
    "log-mel": "log-mel",
    "picture network": "picture network",
    "random Whisper": "random Whisper",
    "Whisper, frozen": "Whisper",
    "Whisper, best block": "Whisper",
    SILENCE_COUNTED: SILENCE_COUNTED,
}
OURS, _LAST = "Whisper, frozen", "block4"
_STRENGTHS = (0.01, 0.1, 1.0)


class ClipParts(NamedTuple):
    """Numbers of clips: learned from; of the same speakers; of those who choose; of those who are tested."""

    few: NDArray[np.intp]
    heard: NDArray[np.intp]
    validation: NDArray[np.intp]
    unheard: NDArray[np.intp]


def clip_parts(task: str, labels: int, seed: int) -> ClipParts:
    """Draw ``labels`` clips of each class to learn from; ``heard`` are all other clips of the same speakers."""
    parts = load_sounds(task, seed)
    rows = parts.train.few_rows(labels, seed)
    rest = np.setdiff1d(np.arange(len(parts.train)), rows)
    clips = parts.train.clips  # type: ignore[attr-defined]
    return ClipParts(clips[rows], clips[rest], parts.validation.clips, parts.test.clips)  # type: ignore[attr-defined]


def budget_rows(task: str, labels: int, seed: int) -> list[dict[str, Any]]:
    """Measure every method on ``labels`` clips of each class.

    Returns:
        Rows with ``method``, ``accuracy`` on speakers that were never heard and ``heard`` on other clips of those that
        were learned from, both 0..1; and ``choice``.
    """
    parts, words = clip_parts(task, labels, seed), labels_of(task)
    rows = []
    for method, source in METHODS.items():
        features = features_of_task(task, source)
        tried = [(_LAST, 1.0)] if method in (OURS, SILENCE_COUNTED) else [*product(features, _STRENGTHS)]
        block, probe = _best(features, tried, parts, words)
        unheard, heard = (probe.score(features[block][clips], words[clips]) for clips in (parts.unheard, parts.heard))
        rows.append({"method": method, "accuracy": float(unheard), "heard": float(heard), "choice": block})
    return rows


def labels_of(task: str) -> NDArray[np.int64]:
    """Return the label of every clip, by its number."""
    parts = load_sounds(task)
    splits = (parts.train, parts.validation, parts.test)
    found = np.empty(sum(map(len, splits)), np.int64)
    for split in splits:
        found[split.clips] = split.labels  # type: ignore[attr-defined]
    return found


def _best(
    features: ByBlock, tried: list[tuple[str, float]], parts: ClipParts, words: NDArray[np.int64]
) -> tuple[str, Any]:
    """Return the block and the probe that do best on the validation speakers."""
    fitted = [(block, linear_probe(features[block][parts.few], words[parts.few], c=c)) for block, c in tried]
    if len(fitted) == 1:
        return fitted[0]
    return max(fitted, key=lambda pair: pair[1].score(features[pair[0]][parts.validation], words[parts.validation]))
