"""Exercise 11.e2: a split in which nobody is both learned from and tested on."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_SPEAKERS, _CLIPS, _TIMES = 12, 180, 3


class SpeakerSplit(Exercise):
    """How often each clip is in the learner's two parts, in three splits with generators of other seeds."""

    id = "11.e2"
    points = 2
    fields = {"train": f"int[{_TIMES},{_CLIPS}]", "test": f"int[{_TIMES},{_CLIPS}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        names = [f"{'abcdefghijkl'[number]}{rng.integers(100, 1000)}" for number in rng.permutation(_SPEAKERS)]
        most = rng.dirichlet(np.full(_SPEAKERS, 3.0))  # some say far more than others
        speakers = [*names, *rng.choice(names, _CLIPS - _SPEAKERS, p=most)]
        return {
            "speakers": rng.permutation(speakers).tolist(),
            "share": float(rng.choice([0.25, 1 / 3])),
            "orders": rng.integers(2**31, size=_TIMES),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        splits = [_counts(answer, inputs, int(order)) for order in inputs["orders"]]
        return {"train": np.stack([train for train, _ in splits]), "test": np.stack([test for _, test in splits])}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        train, test, speakers = data["train"], data["test"], np.array(inputs["speakers"])
        if max(train.max(), test.max()) > 1:
            return wrong("twice")
        if (train & test).any():
            return wrong("clip-in-both")
        if not train.any(axis=1).all() or not test.any(axis=1).all():
            return wrong("empty-part")
        tested = []
        for one, other in zip(train, test, strict=True):
            both = np.intersect1d(speakers[one > 0], speakers[other > 0])
            if len(both):
                return wrong("speaker-in-both", who=str(both[0]), number=len(both))
            tested.append(frozenset(speakers[other > 0].tolist()))
        if not (train | test).all():
            return wrong("left-out", number=int((1 - (train | test)).sum(axis=1).max()))
        wanted = round(inputs["share"] * _SPEAKERS)
        found = next((len(who) for who in tested if len(who) != wanted), wanted)
        if found != wanted:
            return wrong("other-share", found=found, wanted=wanted)
        if len(set(tested)) == 1:
            return wrong("always-the-same", 0.5)
        return passed(wanted=wanted)


def _counts(answer: Callable[..., Any], inputs: Inputs, order: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how often each clip is in each part of one split."""
    speakers = np.array(inputs["speakers"])
    found = call(answer, speakers, inputs["share"], np.random.default_rng(order))
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise Unusable("not-two-parts")
    parts = []
    for part in found:
        with learners_code():
            rows = np.asarray(part)
        if rows.dtype == bool and rows.shape == (_CLIPS,):
            rows = np.flatnonzero(rows)
        if rows.ndim != 1 or not (np.issubdtype(rows.dtype, np.integer) or len(rows) == 0):
            raise Unusable("not-rows")
        if len(rows) and not 0 <= rows.min() <= rows.max() < _CLIPS:
            raise Unusable("not-rows")
        parts.append(np.bincount(rows.astype(np.int64), minlength=_CLIPS))
    return parts[0], parts[1]
