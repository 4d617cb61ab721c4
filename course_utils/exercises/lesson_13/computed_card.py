"""Exercise 13.e3: the figures of a model card, each of which the check works out again."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.stats import beta

from course_utils.learn.calling import Unusable, call, learners_code, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_PICTURES, _CLASSES, _MISTAKES = 120, 4, 3
_KEYS = ("accuracy", "low", "high", "recall", "mistakes")
_CLOSE = 1e-6
#: How far limits may lie from Jeffreys's: Wilson's, and the exact ones of Clopper and Pearson, are within.
_LIMITS = 0.02


class ComputedCard(Exercise):
    """The card's accuracy with limits, the recall of each class, and the rows of the most confident mistakes."""

    id = "13.e3"
    points = 3
    fields = {
        "accuracy": "float",
        "low": "float",
        "high": "float",
        "recall": f"float[{_CLASSES}]",
        "mistakes": f"int[{_MISTAKES}]",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        counts = rng.permutation([60, 30, 20, 10])
        labels = rng.permutation(np.repeat(np.arange(_CLASSES), counts))
        hard = rng.permutation([0.9, 0.6, 1.2, 2.0])[labels]  # classes differ in how often they are recognised
        scores = rng.normal(0, 1, (_PICTURES, _CLASSES))
        scores[np.arange(_PICTURES), labels] += 2 / hard
        weights = np.exp(1.5 * scores)
        return {"probabilities": weights / weights.sum(axis=1, keepdims=True), "labels": labels}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        card = call(answer, inputs["probabilities"], inputs["labels"])
        if not isinstance(card, dict):
            raise Unusable("no-dict")
        if missing := [key for key in _KEYS if key not in card]:
            raise Unusable("missing-key", key=missing[0])
        with learners_code():
            recall = np.asarray(card["recall"], dtype=float)
            mistakes = np.asarray(card["mistakes"])
        if recall.shape != (_CLASSES,):
            raise Unusable("other-recalls", found=str(recall.shape), wanted=_CLASSES)
        if mistakes.shape != (_MISTAKES,) or not np.issubdtype(mistakes.dtype, np.integer):
            raise Unusable("other-mistakes", wanted=_MISTAKES)
        plain = {key: number(card[key], f"one number for {key}") for key in _KEYS[:3]}
        return {**plain, "recall": recall, "mistakes": mistakes}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        probabilities, labels = inputs["probabilities"], inputs["labels"]
        answers, sure = probabilities.argmax(axis=1), probabilities.max(axis=1)
        right = answers == labels
        accuracy = float(right.mean())
        found = data["accuracy"]
        if abs(found - 100 * accuracy) < 1e-4:
            return wrong("percent")
        if abs(found - float(sure.mean())) < _CLOSE:
            return wrong("confidence")
        if not abs(found - accuracy) <= _CLOSE:  # also if it is no number
            return wrong("accuracy", found=found)
        if verdict := _limits(data, right):
            return verdict
        if verdict := _recall(data["recall"], answers, labels):
            return verdict
        return _mistakes(data["mistakes"].tolist(), right, sure)


def _limits(data: Data, right: np.ndarray) -> Verdict | None:
    count, total, accuracy = int(right.sum()), len(right), float(right.mean())
    jeffreys = beta(count + 0.5, total - count + 0.5).ppf([0.025, 0.975])
    found = np.array([data["low"], data["high"]])
    if not np.isfinite(found).all() or found[0] > found[1]:
        return wrong("no-limits")
    if np.abs(found - jeffreys).max() <= _LIMITS:
        return None
    error = np.sqrt(accuracy * (1 - accuracy) / total)
    if np.allclose(found, [accuracy - error, accuracy + error], atol=0.003):
        return wrong("one-error")
    wide = found[1] - found[0] > jeffreys[1] - jeffreys[0]
    return wrong("limits-wide" if wide else "limits-narrow", low=100 * jeffreys[0], high=100 * jeffreys[1])


def _recall(found: np.ndarray, answers: np.ndarray, labels: np.ndarray) -> Verdict | None:
    right, numbers = answers == labels, range(_CLASSES)
    recall = np.array([right[labels == k].mean() for k in numbers])
    precision = np.array([right[answers == k].mean() if (answers == k).any() else np.nan for k in numbers])
    if np.allclose(found, recall, atol=_CLOSE):
        return None
    if np.allclose(found, precision, atol=_CLOSE, equal_nan=True):
        return wrong("precision")
    if np.allclose(found, right.mean(), atol=_CLOSE):
        return wrong("same-for-all")
    if np.allclose(found, [right[labels == k].sum() / len(labels) for k in numbers], atol=_CLOSE):
        return wrong("over-everything")
    return wrong("recall")


def _mistakes(found: list[int], right: np.ndarray, sure: np.ndarray) -> Verdict:
    wrongly = np.flatnonzero(~right)
    worst = wrongly[np.argsort(-sure[wrongly])]
    if found == worst[:_MISTAKES].tolist():
        return passed()
    if set(found) == set(worst[:_MISTAKES].tolist()):
        return wrong("mistakes-order", 0.8)
    if found == worst[::-1][:_MISTAKES].tolist():
        return wrong("least-sure")
    if found == np.argsort(-sure)[:_MISTAKES].tolist() or all(0 <= row < len(right) and right[row] for row in found):
        return wrong("right-ones")
    return wrong("mistakes")
