"""Predicted accuracy, temperature and calibration, against simulations and other libraries."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import log_loss as other_log_loss

from course_utils.adapting.learning import pays
from course_utils.adapting.measuring import (
    at_temperature,
    best_temperature,
    expected_calibration_error,
    log_loss,
    predict_accuracy,
    reliability,
    temperature_that_pays,
    true_accuracy,
)
from course_utils.errors import CourseError


@pytest.mark.parametrize("truth", [0.6, 0.8, 0.95])
def test_the_prediction_holds_as_often_as_it_says(truth) -> None:
    rng = np.random.default_rng(0)
    validated, tested = 48, 49
    draws = zip(rng.binomial(validated, truth, 2000), rng.binomial(tested, truth, 2000), strict=True)
    held = [predict_accuracy(int(v), validated, tested).holds(t / tested) for v, t in draws]
    assert 0.93 <= np.mean(held) <= 0.99  # counts are coarse, so rather too often than too seldom


def test_the_prediction_agrees_with_drawing_the_true_accuracy_first() -> None:
    rng = np.random.default_rng(0)
    future = rng.binomial(60, rng.beta(40.5, 10.5, 200_000)) / 60
    low, high = np.percentile(future, [2.5, 97.5])
    predicted = predict_accuracy(40, 50, 60)
    assert predicted.value == 0.8
    assert (predicted.low, predicted.high) == pytest.approx((low, high), abs=1 / 60)


def test_more_pictures_predict_more_narrowly_but_never_better_than_the_test_allows() -> None:
    widths = [(p := predict_accuracy(9 * n, 10 * n, 50)).high - p.low for n in (2, 5, 20, 1000)]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] > 0.1  # 50 test pictures scatter, however well the model is known


def test_counting_groups_holds_where_their_inputs_are_right_or_wrong_together() -> None:
    rng = np.random.default_rng(0)
    of_group, groups = 6, 10

    def drawn() -> int:
        return int((of_group * rng.binomial(1, 0.8, groups)).sum())

    draws = [(drawn(), drawn() / (of_group * groups)) for _ in range(2000)]
    size = of_group * groups
    by_input = [predict_accuracy(seen, size, size).holds(test) for seen, test in draws]
    by_group = [predict_accuracy(seen, size, size, groups=(groups, groups)).holds(test) for seen, test in draws]
    assert np.mean(by_input) < 0.75
    assert 0.93 <= np.mean(by_group) <= 0.995


def test_inputs_that_are_groups_of_their_own_change_nothing() -> None:
    assert predict_accuracy(40, 50, 60, groups=(50, 60)) == predict_accuracy(40, 50, 60)


@pytest.mark.parametrize("wrong", [(5, 4, 9), (-1, 4, 9), (0, 0, 9), (1, 2, 0)])
def test_an_impossible_count_is_refused(wrong) -> None:
    with pytest.raises(CourseError, match="don't fit"):
        predict_accuracy(*wrong)


def test_more_groups_than_inputs_are_refused() -> None:
    with pytest.raises(CourseError, match="groups"):
        predict_accuracy(4, 5, 9, groups=(6, 9))


def test_the_true_accuracy_lies_within_its_limits_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    limits = [true_accuracy(int(right), 49) for right in rng.binomial(49, 0.9, 3000)]
    assert 0.92 <= np.mean([low <= 0.9 <= high for low, high in limits]) <= 0.98
    assert true_accuracy(0, 5)[0] == 0
    assert true_accuracy(5, 5)[1] == 1


def drawn_answers(sharpened: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return logits, labels drawn from their softmax, and the probabilities of a model that is too sure by a factor."""
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 1.5, (4000, 3))
    labels = (softmax(logits, 1).cumsum(1) > rng.random((4000, 1))).argmax(1)
    return logits, labels, softmax(sharpened * logits, 1)


@pytest.mark.parametrize("sharpened", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_a_known_excess_of_confidence(sharpened) -> None:
    logits, labels, probabilities = drawn_answers(sharpened)
    temperature = best_temperature(probabilities, labels)
    assert temperature == pytest.approx(sharpened, rel=0.06)
    np.testing.assert_allclose(at_temperature(probabilities, sharpened), softmax(logits, 1), atol=1e-9)
    better = expected_calibration_error(at_temperature(probabilities, temperature), labels)
    assert better < 0.03
    assert sharpened == 1 or better < expected_calibration_error(probabilities, labels)


def test_a_temperature_changes_no_answer_and_stays_finite_for_answers_that_are_all_right() -> None:
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1]])
    temperature = best_temperature(probabilities, np.array([0, 1, 0]))
    cooled = at_temperature(probabilities, temperature)
    assert 0.7 < cooled.max(1).mean() < 0.95  # three right answers are no reason to be certain
    assert cooled.argmax(1).tolist() == [0, 1, 0]


def test_a_temperature_is_used_only_where_it_pays() -> None:
    _, labels, probabilities = drawn_answers(3.0)
    assert temperature_that_pays(probabilities, labels) == best_temperature(probabilities, labels)
    _, labels, probabilities = drawn_answers(1.0)
    assert temperature_that_pays(probabilities, labels) == 1
    all_right = np.array([[0.9, 0.1], [0.2, 0.8], [0.95, 0.05]])
    assert temperature_that_pays(all_right, np.array([0, 1, 0])) == 1


def test_log_loss_is_scikit_learns() -> None:
    _, labels, probabilities = drawn_answers(2.0)
    assert log_loss(probabilities, labels) == pytest.approx(other_log_loss(labels, probabilities))


def test_calibration_error_of_a_case_worked_out_by_hand() -> None:
    # Two answers with 0.95 (one right) and two with 0.65 (both right): (2 * 0.45 + 2 * 0.35) / 4.
    probabilities = np.array([[0.95, 0.05], [0.95, 0.05], [0.35, 0.65], [0.65, 0.35]])
    labels = np.array([0, 1, 1, 0])
    assert expected_calibration_error(probabilities, labels) == pytest.approx(0.4)
    assert [bin[:3] for bin in reliability(probabilities, labels)] == [
        (2, pytest.approx(0.65), 1.0),
        (2, pytest.approx(0.95), 0.5),
    ]


def test_certainty_belongs_to_the_last_bin() -> None:
    assert reliability(np.array([[1.0, 0.0]]), np.array([0]))[0].answers == 1


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [("110", "111", False), ("0000", "1111", True), ("0000011", "1111100", True), ("1100", "0011", False)],
)
def test_fine_tuning_pays_only_beyond_one_standard_error(before, after, verdict) -> None:
    rows = [np.array([answer == "1" for answer in answers]) for answers in (before, after)]
    assert pays(*rows)[0] is verdict
