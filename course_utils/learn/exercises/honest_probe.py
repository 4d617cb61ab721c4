"""Exercise 01.e2: a linear probe that has seen its training data only."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Verdict, call
from course_utils.learn.exercises.returned import RIGHT, WRONG, number


def _clusters(per_class: int, seed: int, spread: float = 3.0) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping clouds of points: 3 classes, 24 features on very different scales."""
    rng = np.random.default_rng(seed)
    centres = np.random.default_rng(7).normal(size=(3, 24))
    labels = np.repeat(np.arange(3), per_class)
    features = centres[labels] + rng.normal(0, spread, (len(labels), 24))
    return (features * np.geomspace(0.1, 10, 24) + 5).astype("float32"), labels


def evidence(probe_accuracy: Callable[..., Any]) -> Evidence:
    """Accuracies that the learner's probe and ours report on the same data, as floats."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def theirs(*data: np.ndarray) -> float:
        return number(call(probe_accuracy, *(array.copy() for array in data)), "one accuracy between 0 and 1")

    train, train_labels = _clusters(30, seed=1)
    held_out, held_out_labels = _clusters(60, seed=2)
    honest = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)).fit(train, train_labels)
    shuffled = np.random.default_rng(3).permutation(train_labels)
    # Far outliers among the validation features must not change how the others are judged: every picture
    # is judged on its own, so the accuracy on both together is the mean of the two.
    outliers = held_out * 1000
    together = np.concatenate([held_out, outliers]), np.concatenate([held_out_labels, held_out_labels])
    alone = theirs(train, train_labels, held_out, held_out_labels)
    return {
        "accuracy": alone,
        "honest_accuracy": float(honest.score(held_out, held_out_labels)),
        "train_accuracy": float(honest.score(train, train_labels)),
        "accuracy_after_shuffling_train_labels": theirs(train, shuffled, held_out, held_out_labels),
        "mean_of_apart": (alone + theirs(train, train_labels, outliers, held_out_labels)) / 2,
        "accuracy_together": theirs(train, train_labels, *together),
    }


def verdict(evidence: Evidence) -> Verdict:
    accuracy, honest = evidence["accuracy"], evidence["honest_accuracy"]
    if 1 < accuracy <= 100:
        return Verdict(WRONG, "That is a percentage. Give back the accuracy as a share between 0 and 1.")
    if not 0 <= accuracy <= 1:
        return Verdict(WRONG, "An accuracy lies between 0 and 1: the share of validation pictures that were right.")
    if evidence["accuracy_after_shuffling_train_labels"] > 0.5 and abs(accuracy - evidence["train_accuracy"]) > 0.03:
        words = (
            "With its training labels shuffled, an honest probe can only guess; yours still scores. It has"
            " seen the validation labels: fit on the training data alone."
        )
        return Verdict(WRONG, words)
    if abs(accuracy - evidence["train_accuracy"]) <= 0.03:
        words = (
            "That is the accuracy on data the probe was fitted on. Fit on the training data, score on the"
            " validation data."
        )
        return Verdict(WRONG, words)
    if abs(evidence["accuracy_together"] - evidence["mean_of_apart"]) > 0.02:
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
