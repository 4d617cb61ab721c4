"""Exercise 08.e1: the mean of a sentence's hidden states, without its padding."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_SENTENCES, _LENGTH, _LONGER, _CHANNELS = 6, 9, 14, 5
_START, _END = 101, 102
_SHAPE = (_SENTENCES, _CHANNELS)


class PooledStates(Exercise):
    """The vectors that the learner makes of the same sentences, in short rows and in longer ones."""

    id = "08.e1"
    points = 2
    fields = {"short": f"float[{_SENTENCES},{_CHANNELS}]", "long": f"float[{_SENTENCES},{_CHANNELS}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        lengths = [_LENGTH, 3, *rng.integers(4, _LENGTH, _SENTENCES - 2)]  # one is full, and one is a single word
        ids = np.zeros((_SENTENCES, _LENGTH), np.int64)
        for row, length in zip(ids, lengths, strict=True):
            row[:length] = [_START, *rng.integers(1000, 30_000, length - 2), _END]
        # Like a network's, the states at padding are not 0: nobody may rely on it.
        return {"ids": ids, "states": rng.normal(1, 2, (_SENTENCES, _LONGER, _CHANNELS))}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        states, ids = inputs["states"], inputs["ids"]
        longer = np.pad(ids, ((0, 0), (0, _LONGER - _LENGTH)))
        return {"short": _pooled(answer, states[:, :_LENGTH], ids), "long": _pooled(answer, states, longer)}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found, longer = data["short"], data["long"]
        ids, states = inputs["ids"], inputs["states"][:, :_LENGTH]
        real = (ids != 0)[..., None]
        summed, counts = (states * real).sum(axis=1), real.sum(axis=1)
        right = summed / counts
        if np.allclose(found, right) and np.allclose(longer, right):
            return passed()
        inner = real & (ids != _START)[..., None] & (ids != _END)[..., None]
        mistakes = {
            "padding-counts": states.mean(axis=1),
            "row-length": summed / _LENGTH,
            "sum": summed,
            "first-token": states[:, 0],
            "largest": np.where(real, states, -np.inf).max(axis=1),
            "without-start-and-end": (states * inner).sum(axis=1) / inner.sum(axis=1),
            "one-count-for-all": summed / counts.mean(),
            "padding-alone": (states * ~real).sum(axis=1) / np.maximum((~real).sum(axis=1), 1),
        }
        for code, vectors in mistakes.items():
            if np.allclose(found, vectors):
                return wrong(code)
        return wrong("other-mean" if np.allclose(found, longer) else "depends-on-padding")


def _pooled(answer: Callable[..., Any], states: np.ndarray, ids: np.ndarray) -> np.ndarray:
    found = call(answer, states, ids)
    require_something(found, "an array of vectors")
    with learners_code():
        vectors = np.asarray(found, dtype=float)
    if vectors.shape != _SHAPE:
        raise Unusable("other-shape", found=str(vectors.shape), wanted=str(_SHAPE))
    return vectors
