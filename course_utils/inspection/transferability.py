"""How far a task lies from what a network knows, as a number: before anything is trained."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import LedoitWolf

from course_utils.errors import CourseError


def h_score(features: NDArray[Any], labels: NDArray[Any]) -> float:
    """Return how much of the features' spread tells the classes apart: the H-score of Bao et al. 2019.

    It is the trace of cov(f)^-1 cov(mean of f by class). From few rows the first covariance can't be inverted, so it
    is shrunk (Ledoit and Wolf 2004), as Ibrahim et al. 2021 propose.

    Args:
        features: float ``(n, channels)``, from a frozen network.
        labels: integers ``(n,)``, at least two classes.

    Returns:
        0 (the classes' means are all the same) or more; with many rows at most the number of classes minus 1.

    Raises:
        CourseError: fewer than two classes, or rows and labels differ in number.
    """
    means = _class_means(features, labels)
    if len(means) < 2:
        raise CourseError("labels holds fewer than two classes, so there is nothing to tell apart; add another class.")
    centred = features - features.mean(axis=0)
    of_classes = np.stack([means[label] for label in labels.tolist()]) - features.mean(axis=0)
    between = of_classes.T @ of_classes / len(features)
    spread = LedoitWolf(assume_centered=True).fit(centred).covariance_
    return float(np.trace(np.linalg.pinv(spread) @ between))


def class_mean_distance(
    features: NDArray[Any], labels: NDArray[Any], source_features: NDArray[Any], source_labels: NDArray[Any]
) -> float:
    """Return how far a task's classes lie from the source's, in the network's own features.

    For each class, the distance of its mean to the nearest mean of a source class (after Cui et al. 2018, who match
    all of them); then the average over the classes. The unit is the distance of an average source picture from its own
    class's mean, so that networks can be compared.

    Args:
        features, labels: of the task, float ``(n, channels)`` and integers ``(n,)``.
        source_features, source_labels: of the source task, from the same network.

    Returns:
        0 or more; about 0 for the source's own classes.

    Raises:
        CourseError: rows and labels differ in number, or the source's pictures all lie on their classes' means.
    """
    own, source = _class_means(features, labels), _class_means(source_features, source_labels)
    nearest = [min(np.linalg.norm(mean - other) for other in source.values()) for mean in own.values()]
    centres = np.stack([source[label] for label in source_labels.tolist()])
    unit = float(np.linalg.norm(source_features - centres, axis=1).mean())
    if unit == 0:
        raise CourseError("source_features has one row per class, so its spread is unknown; give several of each.")
    return float(np.mean(nearest)) / unit


def _class_means(features: NDArray[Any], labels: NDArray[Any]) -> dict[int, NDArray[Any]]:
    """Return the mean of the features ``(n, channels)`` of each class, ``(channels,)``.

    Raises:
        CourseError: rows and labels differ in number.
    """
    if len(features) != len(labels):
        raise CourseError(f"features has {len(features)} rows but labels has {len(labels)}; give one label per row.")
    return {int(label): features[labels == label].mean(axis=0) for label in np.unique(labels)}
