"""Taking the voice away: from each speaker's features their own mean, as Furui did with cepstra.

Furui 1981, doi:10.1109/TASSP.1981.1163530.
"""

from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.experiments.sound_budgets import BUDGETS, ClipParts, clip_parts, labels_of
from course_utils.experiments.sound_features import all_clips, features_of_task
from course_utils.experiments.sound_probes import COMPARED, DIGITS
from course_utils.transfer import linear_probe

_Cell = dict[str, Any]
_TAKES = 10  # of the new voice, where a few must do

#: Which clips of the unheard voice its mean is taken of. Nobody has to say what is said in them.
NOTHING, ALL, TEN, ONE_WORD = "nothing", "all clips", "ten clips", "ten of one word"
UNHEARD_VOICE_CELLS = tuple({"labels": labels, "seed": seed} for labels, seed in product(BUDGETS, range(8)))


def measure_voices(cell: _Cell) -> list[_Cell]:
    """Probes on features as they are, and with each voice's mean taken away, for an unheard voice.

    Of the voices that are learned from, all clips count for the mean: they are at hand, with labels or without.
    """
    parts, words = clip_parts(DIGITS, **cell), labels_of(DIGITS)
    ways = _clips_of_the_mean(parts, words, cell["seed"])
    rows = []
    for method, source, block in COMPARED:
        features = features_of_task(DIGITS, source)[block]
        for way, clips in ways.items():
            learned, tested = features[parts.few], features[parts.unheard]
            if clips is not None:
                learned, tested = _less_own_mean(features, parts.few), tested - features[clips].mean(axis=0)
            accuracy = linear_probe(learned, words[parts.few], c=1.0).score(tested, words[parts.unheard])
            rows.append({**cell, "method": method, "less the mean of": way, "accuracy": float(accuracy)})
    return rows


def _clips_of_the_mean(parts: ClipParts, words: NDArray[np.int64], seed: int) -> dict[str, NDArray[np.intp] | None]:
    rng = np.random.default_rng(seed)
    mixed = rng.permutation(parts.unheard)
    of_one_word = mixed[words[mixed] == rng.integers(words.max() + 1)]
    return {NOTHING: None, ALL: parts.unheard, TEN: mixed[:_TAKES], ONE_WORD: of_one_word[:_TAKES]}


def _less_own_mean(features: NDArray[np.float32], clips: NDArray[np.intp]) -> NDArray[np.float32]:
    """Return the features of some clips, less the mean of all clips of the same speaker."""
    speakers = all_clips(DIGITS).speakers
    means = {who: features[speakers == who].mean(axis=0) for who in np.unique(speakers[clips])}
    left: NDArray[np.float32] = features[clips] - np.stack([means[who] for who in speakers[clips]])
    return left
