"""Exercise 08.e2: hide tokens as BERT's training did, with labels only where something is to be guessed."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_ROWS, _LENGTH = 600, 24
_PADDING, _START, _END, MASK = 0, 101, 102, 103
_WORDS = range(1000, 30_000)
NOTHING = -100  # the label where nothing is to be guessed
_SHARES = (0.8, 0.1)  # of the chosen: hidden, replaced
_FAR = 5.0  # standard errors that a share may be off


class MaskedTokens(Exercise):
    """Inputs and labels that the learner makes of token ids, at a rate that is drawn."""

    id = "08.e2"
    points = 3
    fields = {"inputs": f"int[{_ROWS},{_LENGTH}]", "labels": f"int[{_ROWS},{_LENGTH}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        ids = np.full((_ROWS, _LENGTH), _PADDING, np.int64)
        for row, length in zip(ids, rng.integers(6, _LENGTH + 1, _ROWS), strict=True):
            row[:length] = [_START, *rng.integers(_WORDS.start, _WORDS.stop, length - 2), _END]
        return {"ids": ids, "rate": float(rng.choice([0.2, 0.25, 0.3])), "order": int(rng.integers(2**31))}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        words = np.arange(_WORDS.start, _WORDS.stop)
        found = call(answer, inputs["ids"], inputs["rate"], words, np.random.default_rng(inputs["order"]))
        if not isinstance(found, tuple | list) or len(found) != 2:
            raise Unusable("not-two-things")
        with learners_code():
            arrays = [np.asarray(array) for array in found]
        if any(array.shape != inputs["ids"].shape for array in arrays):
            raise Unusable("other-shapes")
        if not all(np.issubdtype(array.dtype, np.number) and np.all(array == np.round(array)) for array in arrays):
            raise Unusable("not-whole")
        return {"inputs": arrays[0].astype(np.int64), "labels": arrays[1].astype(np.int64)}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        ids, rate, given, labels = inputs["ids"], inputs["rate"], data["inputs"], data["labels"]
        words = ids >= _WORDS.start
        chosen = labels != NOTHING
        if not chosen.any():
            return wrong("no-labels")
        if chosen.all() or (labels[words] == ids[words]).all():
            return wrong("labels-everywhere")
        if (chosen & ~words).any():
            return wrong("special-tokens")
        if (labels[chosen] == MASK).mean() > 0.5:
            return wrong("labels-are-masks")
        if (labels[chosen] != ids[chosen]).any():
            return wrong("other-labels")
        if (given != ids)[~chosen].any():
            return wrong("changed-without-label")
        share = chosen[words].mean()
        if _off(share, rate, int(words.sum())):
            return wrong("other-rate", found=float(share), wanted=rate)
        if np.ptp(chosen.sum(axis=1) - np.round(rate * words.sum(axis=1))) <= 1:
            return wrong("same-count", 0.5)
        return _hidden(ids[chosen], given[chosen])


def _hidden(ids: np.ndarray, given: np.ndarray) -> Verdict:
    """Judge what became of the chosen tokens."""
    hidden, replaced = given == MASK, (given != MASK) & (given != ids)
    if not hidden.any():
        return wrong("nothing-hidden")
    if hidden.all():
        return wrong("all-hidden", 0.5)
    if not np.isin(given[replaced], _WORDS).all():
        return wrong("replaced-by-special")
    if replaced.any() and len(np.unique(given[replaced])) < 0.8 * replaced.sum():
        return wrong("same-replacement")
    for kind, share in zip((hidden, replaced), _SHARES, strict=True):
        if _off(kind.mean(), share, len(ids)):
            return wrong("other-shares", hidden=float(hidden.mean()), replaced=float(replaced.mean()))
    return passed()


def _off(share: float, wanted: float, count: int) -> bool:
    """Return whether a share lies too far from what was wanted to be chance."""
    return bool(abs(share - wanted) > _FAR * np.sqrt(wanted * (1 - wanted) / count))
