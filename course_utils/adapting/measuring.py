"""How good, and how sure: a prediction of the test accuracy, calibration, and the temperature that corrects it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import beta, betabinom

from course_utils.errors import CourseError

#: Bins of equal width in a reliability diagram.
BINS = 10
#: The temperatures that are tried: e to the power of these.
_TEMPERATURES = (-3.0, 3.0)
_SMALLEST = 1e-12  # of a probability, before its logarithm is taken


class Interval(NamedTuple):
    """A share in 0..1 with the limits between which it is expected."""

    value: float
    low: float
    high: float

    def holds(self, measured: float) -> bool:
        """Return whether a share lies within the limits, which belong to it."""
        return bool(self.low - 1e-9 <= measured <= self.high + 1e-9)


class Bin(NamedTuple):
    """A bin of a reliability diagram: its answers, their mean confidence, and the share that is right, with limits."""

    answers: int
    confidence: float
    accuracy: float
    low: float
    high: float


def predict_accuracy(
    right: int, validated: int, tested: int, level: float = 0.95, *, groups: tuple[int, int] | None = None
) -> Interval:
    """Predict the accuracy on test inputs that nobody has looked at, from validation.

    If nothing is known of the true accuracy beforehand (Jeffreys's prior), the number of right answers among new inputs
    follows a beta-binomial distribution. Its limits are wider than those of the true accuracy: a test is a sample, too.
    Choices that were made on the validation inputs make it a little too hopeful.

    Inputs of one group (photographs of one plant, words of one speaker) are right or wrong together, so that they tell
    less than as many separate ones. Counting each group once, as if all of it were, is cautious.

    Args:
        right: how many of the validation inputs were answered right.
        validated, tested: how many validation and test inputs there are, each 1 or more.
        level: how often the limits should hold, above 0 and below 1.
        groups: of how many groups the validation and the test inputs are. Default: each input is its own.

    Raises:
        CourseError: a number is out of range.
    """
    seen, coming = groups or (validated, tested)
    if not (0 <= right <= validated and 1 <= seen <= validated and 1 <= coming <= tested and 0 < level < 1):
        raise CourseError(
            f"right={right}, validated={validated}, tested={tested}, level={level} and groups={groups} don't fit: "
            "there must be 1 or more inputs of each, no more right answers or groups than inputs, and a level above 0 "
            "and below 1."
        )
    share = right / validated
    future = betabinom(coming, share * seen + 0.5, (1 - share) * seen + 0.5)
    low, high = future.ppf([(1 - level) / 2, (1 + level) / 2])
    return Interval(share, float(low) / coming, float(high) / coming)


def best_temperature(probabilities: NDArray[Any], labels: NDArray[np.integer]) -> float:
    """Return the temperature under which validation inputs are most likely (Guo et al. 2017).

    Where all answers are right, nothing would be sure enough. So each label counts as slightly uncertain, as if one
    more input of each kind had been seen, a right one and a wrong one (Platt 1999).

    Args:
        probabilities: of validation inputs, ``(n, classes)``.
        labels: integers ``(n,)``, in 0..classes-1.

    Returns:
        Above 1 for a model that is too sure of itself, below 1 for one that is too timid.
    """
    count, classes = probabilities.shape
    uncertain = 1 / (count + 2)
    targets = np.full((count, classes), uncertain / (classes - 1))
    targets[np.arange(count), labels] = 1 - uncertain

    def loss(logarithm: float) -> float:
        given = at_temperature(probabilities, float(np.exp(logarithm)))
        return float(-(targets * np.log(np.maximum(given, _SMALLEST))).sum())

    found = minimize_scalar(loss, bounds=_TEMPERATURES, method="bounded")
    return float(np.exp(found.x))


def temperature_that_pays(probabilities: NDArray[Any], labels: NDArray[np.integer]) -> float:
    """Return the best temperature if it lowers the validation loss by more than one standard error, and 1 otherwise.

    A temperature that a few dozen inputs chose does a model that is calibrated already more harm than good.
    """
    temperature = best_temperature(probabilities, labels)
    rows = np.arange(len(labels))
    before, after = (
        -np.log(np.maximum(given[rows, labels], _SMALLEST))
        for given in (np.asarray(probabilities), at_temperature(probabilities, temperature))
    )
    gain = before - after
    error = float(gain.std()) / len(gain) ** 0.5
    return temperature if gain.mean() > error else 1.0


def at_temperature(probabilities: NDArray[Any], temperature: float) -> NDArray[np.float64]:
    """Return what a softmax gives if its logits are divided by ``temperature``; ``(n, classes)`` in and out."""
    logits = np.log(np.maximum(np.asarray(probabilities, np.float64), _SMALLEST)) / temperature
    weights = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(weights / weights.sum(1, keepdims=True), np.float64)


def log_loss(probabilities: NDArray[Any], labels: NDArray[np.integer]) -> float:
    """Return the mean of the negative logarithms of what the right classes were given."""
    given = np.asarray(probabilities)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(given, _SMALLEST)).mean())


def reliability(probabilities: NDArray[Any], labels: NDArray[np.integer], bins: int = BINS) -> list[Bin]:
    """Sort answers by their confidence into bins of equal width; empty bins are left out.

    Args:
        probabilities: ``(n, classes)``; the largest of a row is the confidence of its answer.
        labels: integers ``(n,)``.
        bins: 1 or more.
    """
    confidence = np.asarray(probabilities).max(1)
    right = np.asarray(probabilities).argmax(1) == labels
    number = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for inside in (number == n for n in range(bins)):
        if count := int(inside.sum()):
            limits = true_accuracy(int(right[inside].sum()), count)
            found.append(Bin(count, float(confidence[inside].mean()), float(right[inside].mean()), *limits))
    return found


def expected_calibration_error(probabilities: NDArray[Any], labels: NDArray[np.integer], bins: int = BINS) -> float:
    """Return how far confidence is from accuracy, on average over the answers (Naeini et al. 2015): 0 is calibrated.

    The arguments are those of ``reliability``. With few inputs it is above 0 even for a calibrated model.
    """
    found = reliability(probabilities, labels, bins)
    return sum(bin.answers * abs(bin.confidence - bin.accuracy) for bin in found) / sum(bin.answers for bin in found)


def true_accuracy(right: int, of: int, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of the true accuracy behind so many right answers: Jeffreys's interval."""
    low, high = beta(right + 0.5, of - right + 0.5).ppf([(1 - level) / 2, (1 + level) / 2])
    return (0.0 if right == 0 else float(low)), (1.0 if right == of else float(high))
