"""Exercise 01.e3: a linear probe that has seen its training data only."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Verdict, call

FIELDS = {"accuracy": "float", "shuffled": "float", "odd_alone": "float[2]", "odd_among": "float[2]"}


def _clusters(per_class: int, seed: int, spread: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clouds of points: 3 classes, 24 features on very different scales."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(3, 24))
    labels = np.repeat(np.arange(3), per_class)
    features = centres[labels] + rng.normal(0, spread, (len(labels), 24))
    return (features * np.geomspace(0.1, 10, 24) + 5).astype("float32"), labels


@cache
def _drawn(seed: int) -> tuple[np.ndarray, ...]:
    """Training and validation features with their labels."""
    return *_clusters(30, seed=10 * seed + 1), *_clusters(60, seed=10 * seed + 2)


def _shuffled(labels: np.ndarray, seed: int) -> np.ndarray:
    """Labels that say nothing. Every cloud gets as many of each, or luck could relabel a cloud as a whole."""
    rng = np.random.default_rng(seed)
    classes, count = len(np.unique(labels)), len(labels)
    return np.concatenate([rng.permutation(np.arange(count // classes) % classes) for _ in range(classes)])


@cache
def _honest(seed: int) -> tuple[float, float]:
    """What a logistic regression on standardised features gets, on the validation and on the training part."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, train_labels, held_out, held_out_labels = _drawn(seed)
    probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(train, train_labels)
    return float(probe.score(held_out, held_out_labels)), float(probe.score(train, train_labels))


def evidence(probe_accuracy: Callable[..., Any], seed: int) -> Evidence:
    """The accuracies that the learner's probe reports, on the data as it is and changed in telling ways."""

    def theirs(*data: np.ndarray) -> float:
        return number(call(probe_accuracy, *(array.copy() for array in data)), "one accuracy between 0 and 1")

    train, train_labels, held_out, held_out_labels = _drawn(seed)
    shuffled = _shuffled(train_labels, seed + 3)
    # Odd pictures among the validation features must not change how the others are judged: every picture is
    # judged on its own, so the accuracy on both together is the mean of the two.
    odd = [held_out.copy(), held_out.copy()]
    odd[0][:, :12] *= 10_000
    odd[1][:, 12:] *= 10_000
    twice = np.concatenate([held_out_labels, held_out_labels])
    return {
        "accuracy": theirs(train, train_labels, held_out, held_out_labels),
        "shuffled": theirs(train, shuffled, held_out, held_out_labels),
        "odd_alone": [theirs(train, train_labels, o, held_out_labels) for o in odd],
        "odd_among": [theirs(train, train_labels, np.concatenate([held_out, o]), twice) for o in odd],
    }


def verdict(evidence: Evidence, seed: int) -> Verdict:
    accuracy, (honest, on_train) = evidence["accuracy"], _honest(seed)
    if 1 < accuracy <= 100:
        return Verdict(WRONG, "That is a percentage. Give back the accuracy as a share between 0 and 1.")
    if not 0 <= accuracy <= 1:
        return Verdict(WRONG, "An accuracy lies between 0 and 1: the share of validation pictures that were right.")
    if abs(accuracy - (1 - honest)) < 0.03 and honest > 0.6:
        return Verdict(WRONG, "That is the share of pictures that were wrong. Give back the share that were right.")
    looks_at_validation = any(evidence["odd_alone"] != accuracy)
    if evidence["shuffled"] > 0.5 and (looks_at_validation or evidence["shuffled"] == accuracy):
        words = (
            "With its training labels shuffled, an honest probe can only guess; yours still scores. It has"
            " seen the validation labels: fit on the training data alone."
        )
        return Verdict(WRONG, words)
    if abs(accuracy - on_train) <= 0.03 and not looks_at_validation:
        words = (
            "That is the accuracy on data the probe was fitted on. Fit on the training data, score on the"
            " validation data."
        )
        return Verdict(WRONG, words)
    if any(abs(evidence["odd_among"] - (accuracy + evidence["odd_alone"]) / 2) > 0.01):
        words = (
            "A few odd validation pictures change how all the others are judged: your standardiser has looked"
            " at the validation data. Fit it on the training features, then only apply it."
        )
        return Verdict(WRONG, words)
    if abs(accuracy - honest) > 0.1:
        words = (
            f"Your probe reports {accuracy:.2f} where a logistic regression on standardised features gets {honest:.2f}."
        )
        return Verdict(WRONG, words)
    return Verdict(
        RIGHT,
        "Fitted on the training data alone, measured on data it had never seen. That number can be trusted.",
    )
