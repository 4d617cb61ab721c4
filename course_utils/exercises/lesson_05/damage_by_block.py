"""Exercise 05.e2: which block, moved alone, costs the old task most."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, number, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_BLOCKS = ("block1", "block2", "block3", "block4")
_OWNER = [*(name for name in _BLOCKS for _ in ("kernel", "bias")), None]  # the last array belongs to no block
_WIDTH, _CLASSES, _PICTURES = 8, 6, 500
_MOVES = (0.25, 0.55, 0.4, 0.7, 0.5)  # how far each block, and the last array, moved

_Weights = Sequence[np.ndarray]


class DamageByBlock(Exercise):
    """The old accuracy of a small network with the weights from after in one block only."""

    id = "05.e2"
    points = 2
    fields = {"accuracies": f"float[{len(_BLOCKS)}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        shapes = [*[(_WIDTH, _WIDTH), (_WIDTH,)] * len(_BLOCKS), (_WIDTH, _CLASSES)]
        before = [rng.normal(0, 0.5, shape) for shape in shapes]
        far = [*np.repeat(rng.permutation(_MOVES[:-1]), 2), _MOVES[-1]]
        after = [was + rng.normal(0, move, was.shape) for was, move in zip(before, far, strict=True)]
        pictures = rng.normal(size=(_PICTURES, _WIDTH))
        labels = _answers(before, pictures)
        mistaken = rng.random(_PICTURES) < 0.1  # the old task was not perfect either
        labels[mistaken] = rng.integers(0, _CLASSES, mistaken.sum())
        return {"before": before, "after": after, "owner": list(_OWNER), "pictures": pictures, "labels": labels}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        def accuracy(weights: _Weights) -> float:
            return _accuracy(weights, inputs)

        found = call(answer, inputs["before"], inputs["after"], inputs["owner"], accuracy)
        wanted = "a dict from each block's name to an accuracy"
        require_something(found, wanted)
        if not isinstance(found, dict):
            raise Unusable("wrong-kind", kind=kind(found), wanted=wanted)
        if found.keys() != set(_BLOCKS):
            raise Unusable("other-names", found=", ".join(map(str, found)) or "no name")
        return {"accuracies": [number(found[name], "an accuracy for each block") for name in _BLOCKS]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found, before, after = data["accuracies"], inputs["before"], inputs["after"]
        right = _by_block(inputs, lambda name: {name})
        if np.allclose(found, right):
            return passed()
        intact = _accuracy(before, inputs)
        rules = {
            "all-but-this-block": _by_block(inputs, lambda name: {*_OWNER} - {name}),
            "not-put-back": _by_block(inputs, lambda name: _BLOCKS[: _BLOCKS.index(name) + 1]),
            "last-array-too": _by_block(inputs, lambda name: {name, None}),
            "nothing-moved": np.full(len(_BLOCKS), intact),
            "all-moved": np.full(len(_BLOCKS), _accuracy(after, inputs)),
            "loss": intact - right,
        }
        for code, by_rule in rules.items():
            if np.allclose(found, by_rule):
                return wrong(code)
        off = int(np.argmin(np.isclose(found, right)))
        return wrong("another-number", block=_BLOCKS[off], found=float(found[off]), wanted=float(right[off]))


def _by_block(inputs: Inputs, moved: Callable[[str], Iterable[str | None]]) -> np.ndarray:
    """Return, for each block, the accuracy with the weights from after in the blocks that ``moved`` names."""
    accuracies = []
    for name in _BLOCKS:
        chosen = set(moved(name))
        both = zip(inputs["before"], inputs["after"], _OWNER, strict=True)
        accuracies.append(_accuracy([now if owner in chosen else was for was, now, owner in both], inputs))
    return np.array(accuracies)


def _accuracy(weights: _Weights, inputs: Inputs) -> float:
    return float((_answers(weights, inputs["pictures"]) == inputs["labels"]).mean())


def _answers(weights: _Weights, pictures: np.ndarray) -> np.ndarray:
    """Return the class that the small network sees in each picture; rows of ``pictures``."""
    *blocks, last = weights
    signal = pictures
    for kernel, bias in zip(blocks[::2], blocks[1::2], strict=True):
        signal = np.tanh(signal @ kernel + bias)
    answers: np.ndarray = (signal @ last).argmax(axis=1)
    return answers
