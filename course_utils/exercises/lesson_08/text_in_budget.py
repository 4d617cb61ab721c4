"""Exercise 08.e3: train a small text network within a budget of steps, and beat bag of words on words never seen."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.caching import cached_by_inputs
from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

STEPS = 60
LEAD = 0.3  # of accuracy, over bag of words
_TOPICAL, _NEUTRAL, _WIDTH, _LENGTH = 120, 120, 16, 8
_WORDS = 2 * _TOPICAL + _NEUTRAL
_LABELLED, _NEW = 60, 600
_SHAPES = {"words": (_WORDS, _WIDTH), "kernel": (_WIDTH, 2), "bias": (2,)}
_SIZE = sum(int(np.prod(shape)) for shape in _SHAPES.values())

_Network = Mapping[str, np.ndarray]


class _Texts(NamedTuple):
    words: np.ndarray  # ids, int (n, length)
    labels: np.ndarray  # int (n,)


class TextInBudget(Exercise):
    """The network that the learner's loop leaves behind, and how often it asked for gradients."""

    id = "08.e3"
    points = 3
    fields = {"network": f"float[{_SIZE}]", "steps": "int"}
    withheld = frozenset({"new_texts", "new_labels"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        topic = rng.normal(size=_WIDTH)
        topic *= 1.6 / np.linalg.norm(topic)
        words = rng.normal(size=(_WORDS, _WIDTH))
        words[:_TOPICAL] -= topic
        words[_TOPICAL : 2 * _TOPICAL] += topic
        few, new = (_draw(rng, count, topical) for count, topical in ((_LABELLED, 0), (_NEW, 1)))
        kernel = rng.normal(0, 0.3, (_WIDTH, 2))
        ids = rng.permutation(_WORDS)  # a network that learned from another challenge's ids is of no use here
        return {
            "words": words[np.argsort(ids)],
            "kernel": kernel,
            "texts": ids[few.words],
            "labels": few.labels,
            "new_texts": ids[new.words],
            "new_labels": new.labels,
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        steps = 0

        def gradients(network: Any) -> dict[str, np.ndarray]:
            nonlocal steps
            steps += 1
            return _gradients(_usable(network), inputs["texts"], inputs["labels"])

        found = call(answer, _start(inputs), gradients, STEPS)
        return {"network": _flat(_usable(found)), "steps": steps}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        after, start = data["network"], _flat(_start(inputs))
        if np.array_equal(after, start):
            return wrong("untrained")
        if data["steps"] > STEPS:
            return wrong("too-many-steps", steps=data["steps"], budget=STEPS)
        if not np.isfinite(after).all() or np.abs(after).max() > 1e6:
            return wrong("blown-up")
        network = _unflat(after)
        new, rival = _accuracy(network, inputs["new_texts"], inputs["new_labels"]), _bag_of_words(inputs)
        known = _accuracy(network, inputs["texts"], inputs["labels"])
        if new >= rival + LEAD:
            return passed(new=new, rival=rival)
        if known < 0.5 and _loss(network, inputs) > _loss(_start(inputs), inputs):
            return wrong("uphill", known=known)
        if known < 0.9:
            return wrong("too-little", known=known, new=new)
        return wrong("by-heart", known=known, new=new, rival=rival)


def _draw(rng: np.random.Generator, count: int, part: int) -> _Texts:
    """Draw texts of four words of their topic, which new and labelled texts don't share, and four that say nothing."""
    labels = np.arange(count) % 2
    half = _TOPICAL // 2
    topical = labels[:, None] * _TOPICAL + part * half + rng.integers(0, half, (count, _LENGTH // 2))
    neutral = 2 * _TOPICAL + rng.integers(0, _NEUTRAL, (count, _LENGTH // 2))
    return _Texts(np.concatenate([topical, neutral], axis=1), labels)


def _start(inputs: Inputs) -> dict[str, np.ndarray]:
    return {"words": inputs["words"].copy(), "kernel": inputs["kernel"].copy(), "bias": np.zeros(2)}


def _usable(network: Any) -> dict[str, np.ndarray]:
    """Return the learner's network; raises Unusable if it doesn't hold the three arrays in their shapes."""
    if not isinstance(network, Mapping) or set(network) != set(_SHAPES):
        raise Unusable("not-a-network")
    with learners_code():
        arrays = {name: np.asarray(network[name], dtype=float) for name in _SHAPES}
    if {name: array.shape for name, array in arrays.items()} != _SHAPES:
        raise Unusable("other-shapes")
    return arrays


def _scores(network: _Network, texts: np.ndarray) -> np.ndarray:
    scores: np.ndarray = network["words"][texts].mean(axis=1) @ network["kernel"] + network["bias"]
    return scores


def _gradients(network: _Network, texts: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Return the gradient of the cross-entropy, averaged over the texts, for each array of the network."""
    scores = _scores(network, texts)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    error = scores / scores.sum(axis=1, keepdims=True)
    error[np.arange(len(labels)), labels] -= 1
    error /= len(labels)
    pooled = network["words"][texts].mean(axis=1)
    words = np.zeros_like(network["words"])
    np.add.at(words, texts, (error @ network["kernel"].T)[:, None] / texts.shape[1])
    return {"words": words, "kernel": pooled.T @ error, "bias": error.sum(axis=0)}


def _accuracy(network: _Network, texts: np.ndarray, labels: np.ndarray) -> float:
    with np.errstate(all="ignore"):
        return float((_scores(network, texts).argmax(axis=1) == labels).mean())


def _loss(network: _Network, inputs: Inputs) -> float:
    """Return the mean cross-entropy on the labelled texts."""
    scores, labels = _scores(network, inputs["texts"]), inputs["labels"]
    return float(np.mean(np.logaddexp.reduce(scores, axis=1) - scores[np.arange(len(labels)), labels]))


@cached_by_inputs
def _bag_of_words(inputs: Inputs) -> float:
    """Return the accuracy on the new texts of a logistic regression on the words' counts."""
    from sklearn.linear_model import LogisticRegression

    counts = [np.array([np.bincount(row, minlength=_WORDS) for row in inputs[name]]) for name in ("texts", "new_texts")]
    fitted = LogisticRegression(max_iter=1000).fit(counts[0], inputs["labels"])
    return float(fitted.score(counts[1], inputs["new_labels"]))


def _flat(network: _Network) -> np.ndarray:
    return np.concatenate([np.ravel(network[name]) for name in _SHAPES])


def _unflat(flat: np.ndarray) -> dict[str, np.ndarray]:
    ends = np.cumsum([int(np.prod(shape)) for shape in _SHAPES.values()])
    parts = np.split(flat, ends[:-1])
    return {name: part.reshape(shape) for (name, shape), part in zip(_SHAPES.items(), parts, strict=True)}
