"""Exercise 06.e2: a share for averaging weights, chosen on validation pictures."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_SHAPES = ((3, 4), (4,), (4, 2))
_SIZE = sum(int(np.prod(shape)) for shape in _SHAPES)
_SHARES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
#: By line: how wide the good places of the old and of the new task are, from and to, as shares of the way between them.
#: Wide places meet on the way; between narrow ones there is a hill, and one of the ends is best.
_PLACES = (((1.0, 1.4), (0.6, 0.9)), ((0.6, 0.9), (1.0, 1.4)), ((0.2, 0.35), (0.2, 0.35)))

_Weights = Sequence[np.ndarray]


class AveragedWeights(Exercise):
    """The shares and the networks that the learner chooses on three straight lines between two networks."""

    id = "06.e2"
    points = 2
    fields = {"shares": f"float[{len(_PLACES)}]", "weights": f"float[{len(_PLACES)},{_SIZE}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        before = [[rng.normal(size=shape) for shape in _SHAPES] for _ in _PLACES]
        after = [[was + rng.normal(size=was.shape) for was in network] for network in before]
        widths = [np.array([rng.uniform(*width) for width in place]) for place in rng.permutation(_PLACES)]
        return {"before": before, "after": after, "widths": widths}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        found = [_chosen(answer, before, after, widths) for before, after, widths in _lines(inputs)]
        return {"shares": [share for share, _ in found], "weights": [weights for _, weights in found]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        shares, weights = data["shares"], data["weights"]
        known = np.isclose(shares[:, None], _SHARES)
        if not known.any(axis=1).all():
            return wrong("another-share", found=float(shares[np.argmin(known.any(axis=1))]))
        lines = list(zip(_lines(inputs), shares, strict=True))
        averages = np.array([_averaged(before, after, share) for (before, after, _), share in lines])
        upside_down = np.array([_averaged(before, after, 1 - share) for (before, after, _), share in lines])
        measured = np.stack([_along(*line) for line in _lines(inputs)])
        right = _best(measured.sum(axis=2))
        if np.allclose(weights, averages):
            if np.allclose(shares, right):
                return passed()
            return wrong(_mistake(shares, measured))
        if np.allclose(weights, upside_down):
            return wrong("upside-down")
        return wrong("other-weights", 0.5 if np.allclose(shares, right) else 0.0)


def _lines(inputs: Inputs) -> list[tuple[_Weights, _Weights, np.ndarray]]:
    return list(zip(inputs["before"], inputs["after"], inputs["widths"], strict=True))


def _chosen(
    answer: Callable[..., Any], before: _Weights, after: _Weights, widths: np.ndarray
) -> tuple[float, np.ndarray]:
    def accuracies(weights: _Weights) -> tuple[float, float]:
        return _accuracies(_flat(weights), before, after, widths)

    found = call(answer, list(before), list(after), list(_SHARES), accuracies)
    if not isinstance(found, tuple | list) or len(found) != 2:
        raise Unusable("not-two-things")
    share = number(found[0], "a share and a list of weights")
    with learners_code():
        weights = [np.asarray(array, dtype=float) for array in found[1]]
    if [array.shape for array in weights] != list(_SHAPES):
        raise Unusable("other-shapes")
    return share, _flat(weights)


def _mistake(shares: np.ndarray, measured: np.ndarray) -> str:
    """Return the code of a share that was chosen by another rule; ``measured`` is (lines, shares, tasks)."""
    rules = {
        "old-task-only": measured[:, :, 0],
        "new-task-only": measured[:, :, 1],
        "worst-share": -measured.sum(axis=2),
        "closest-together": -np.ptp(measured, axis=2),
    }
    for code, score in rules.items():
        if np.allclose(shares, _best(score)):
            return code
    return "one-for-all" if np.ptp(shares) < 1e-9 else "not-the-best"


def _best(scores: np.ndarray) -> np.ndarray:
    best: np.ndarray = np.array(_SHARES)[scores.argmax(axis=1)]
    return best


def _along(before: _Weights, after: _Weights, widths: np.ndarray) -> np.ndarray:
    """Return both accuracies at every share of a line, ``(shares, 2)``."""
    return np.array([_accuracies(_averaged(before, after, share), before, after, widths) for share in _SHARES])


def _accuracies(weights: np.ndarray, before: _Weights, after: _Weights, widths: np.ndarray) -> tuple[float, float]:
    """Return the old and the new task's accuracy, which fall with the distance from where each was learned."""
    start, end = _flat(before), _flat(after)
    far = np.linalg.norm([weights - start, weights - end], axis=1) / np.linalg.norm(end - start)
    old, new = 0.1 + 0.8 / (1 + (far / widths) ** 2)
    return float(old), float(new)


def _averaged(before: _Weights, after: _Weights, share: float) -> np.ndarray:
    return (1 - share) * _flat(before) + share * _flat(after)


def _flat(weights: _Weights) -> np.ndarray:
    return np.concatenate([np.ravel(array) for array in weights])
