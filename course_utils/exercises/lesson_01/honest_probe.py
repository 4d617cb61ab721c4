"""Exercise 01.e3: a linear probe that has seen its training data only."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_CLASSES, _FEATURES = 3, 24
_TRAIN, _HELD_OUT = 30, 60  # of each class
_RELABELLINGS = 4

# Over 200 seeds and eight kinds of linear probe, honest ones got at most 0.51 from shuffled training labels, and those
# that had seen the validation labels at least 0.66.
_MORE_THAN_GUESSING = 0.6
# How far apart two honest probes may be: measured, 0.17 on clouds that overlap and 0.01 on clear ones.
_TOLERANCE, _CLEAR_TOLERANCE = 0.2, 0.03


class HonestProbe(Exercise):
    """The accuracies that the learner's probe reports, on plain data and on data changed in telling ways."""

    id = "01.e3"
    points = 2
    fields = {
        "accuracy": "float",
        "shuffled": "float",
        "odd_alone": "float[2]",
        "odd_among": "float[2]",
        "relabelled": f"float[{_RELABELLINGS}]",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        train, train_labels = _clouds(_TRAIN, rng)
        held_out, held_out_labels = _clouds(_HELD_OUT, rng)
        clear_train, _ = _clouds(_TRAIN, rng, spread=0.7)
        clear_held_out, _ = _clouds(_HELD_OUT, rng, spread=0.7)
        return {
            "train": train,
            "train_labels": train_labels,
            "shuffled_labels": _shuffled(rng),
            "held_out": held_out,
            "held_out_labels": held_out_labels,
            # Clouds that lie far apart: every honest probe is right about them, so the accuracy that it reports
            # follows from the labels that it is scored on, and those are drawn.
            "clear_train": clear_train,
            "clear_held_out": clear_held_out,
            "relabelled": [_relabelled(held_out_labels, rng) for _ in range(_RELABELLINGS)],
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        def reported(*arrays: np.ndarray) -> float:
            return number(call(answer, *(array.copy() for array in arrays)), "one accuracy between 0 and 1")

        train, train_labels = inputs["train"], inputs["train_labels"]
        held_out, labels = inputs["held_out"], inputs["held_out_labels"]
        # Odd pictures among the validation features must not change how the others are judged: every picture is
        # judged on its own, so the accuracy on both together is the mean of the two.
        odd = [held_out.copy(), held_out.copy()]
        odd[0][:, : _FEATURES // 2] *= 10_000
        odd[1][:, _FEATURES // 2 :] *= 10_000
        twice = np.concatenate([labels, labels])
        return {
            "accuracy": reported(train, train_labels, held_out, labels),
            "shuffled": reported(train, inputs["shuffled_labels"], held_out, labels),
            "odd_alone": [reported(train, train_labels, o, labels) for o in odd],
            "odd_among": [reported(train, train_labels, np.concatenate([held_out, o]), twice) for o in odd],
            "relabelled": [
                reported(inputs["clear_train"], train_labels, inputs["clear_held_out"], relabelled)
                for relabelled in inputs["relabelled"]
            ],
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        reported = _Reported(**data)
        if 1 < reported.accuracy <= 100:
            return wrong("percentage")
        if not all(0 <= share <= 1 for share in np.hstack(reported)):
            return wrong("not-a-share")
        probe = _honest_probe(inputs["train"], inputs["train_labels"])
        honest = float(probe.score(inputs["held_out"], inputs["held_out_labels"]))
        on_train = float(probe.score(inputs["train"], inputs["train_labels"]))
        if abs(reported.accuracy - (1 - honest)) < 0.03 and honest > 0.6:
            return wrong("error-rate")
        if code := _what_it_saw(reported, on_train):
            return wrong(code)
        clear = _honest_probe(inputs["clear_train"], inputs["train_labels"]).predict(inputs["clear_held_out"])
        wanted = [float(np.mean(clear == labels)) for labels in inputs["relabelled"]]
        if abs(reported.accuracy - honest) > _TOLERANCE:
            return wrong("another-number", found=reported.accuracy, wanted=honest)
        for found, right in zip(reported.relabelled, wanted, strict=True):
            if abs(found - right) > _CLEAR_TOLERANCE:
                return wrong("another-number", found=float(found), wanted=right)
        return passed()


class _Reported(NamedTuple):
    """The data that the probe returns."""

    accuracy: float
    shuffled: float
    odd_alone: np.ndarray
    odd_among: np.ndarray
    relabelled: np.ndarray


def _what_it_saw(reported: _Reported, on_train: float) -> str | None:
    """Return the code of the mistake with the two parts of the data, if there is one."""
    accuracy, shuffled = reported.accuracy, reported.shuffled
    looks_at_validation = any(reported.odd_alone != accuracy)
    if shuffled > _MORE_THAN_GUESSING and (looks_at_validation or shuffled == accuracy):
        return "validation-labels-seen"
    if abs(accuracy - on_train) <= 0.03 and not looks_at_validation:
        return "scored-on-training"
    if any(abs(reported.odd_among - (accuracy + reported.odd_alone) / 2) > 0.01):
        return "standardiser-saw-validation"
    return None


def _clouds(per_class: int, rng: np.random.Generator, spread: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw clouds of points, overlapping by default: 3 classes, 24 features on very different scales."""
    centres = np.random.default_rng(7).normal(size=(_CLASSES, _FEATURES))
    labels = np.repeat(np.arange(_CLASSES), per_class)
    features = centres[labels] + rng.normal(0, spread, (len(labels), _FEATURES))
    return (features * np.geomspace(0.1, 10, _FEATURES) + 5).astype("float32"), labels


def _shuffled(rng: np.random.Generator) -> np.ndarray:
    """Draw training labels that say nothing. Each cloud gets as many of each, or chance could relabel a whole cloud."""
    return np.concatenate([rng.permutation(np.arange(_TRAIN) % _CLASSES) for _ in range(_CLASSES)])


def _relabelled(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return labels of which a drawn share is changed to the next class, as many in every class."""
    changed = int(rng.integers(_HELD_OUT + 1))
    rows = np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:changed] for c in range(_CLASSES)])
    relabelled = labels.copy()
    relabelled[rows] = (labels[rows] + 1) % _CLASSES
    return relabelled


def _honest_probe(features: np.ndarray, labels: np.ndarray) -> Any:
    """Fit a logistic regression on standardised features."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(features, labels)
