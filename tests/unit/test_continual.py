"""Accuracy, forgetting and backward transfer by hand, and properties of every matrix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.transfer import average_accuracy, backward_transfer, forgetting

NAN = float("nan")


def test_three_tasks_by_hand():
    R = [
        [0.90, NAN, NAN],
        [0.95, 0.80, NAN],
        [0.60, 0.70, 0.85],
    ]
    assert average_accuracy(R) == pytest.approx((0.60 + 0.70 + 0.85) / 3)
    assert backward_transfer(R) == pytest.approx((0.60 - 0.90 + 0.70 - 0.80) / 2)
    assert forgetting(R) == pytest.approx((0.95 - 0.60 + 0.80 - 0.70) / 2)


def test_of_one_task_there_is_only_an_accuracy():
    assert average_accuracy([[0.7]]) == pytest.approx(0.7)
    for measure in (backward_transfer, forgetting):
        with pytest.raises(CourseError, match=r"R has shape \(1, 1\)"):
            measure([[0.7]])


@st.composite
def matrices(draw):
    tasks = draw(st.integers(2, 5))
    values = draw(st.lists(st.floats(0, 1), min_size=tasks**2, max_size=tasks**2))
    R = np.reshape(values, (tasks, tasks))
    if draw(st.booleans()):
        R[np.triu_indices(tasks, 1)] = np.nan
    return R


@given(matrices())
def test_bounds_and_signs(R):
    assert 0 <= average_accuracy(R) <= 1
    assert -1 <= backward_transfer(R) <= 1
    assert -1 <= forgetting(R) <= 1
    assert forgetting(R) >= -backward_transfer(R) - 1e-12
    # Had the last row been the best of all before it, nothing would be forgotten.
    R[-1, :-1] = np.nanmax(R[:, :-1], axis=0)
    assert forgetting(R) <= 0 <= backward_transfer(R)


@given(matrices())
def test_of_two_tasks_forgetting_is_minus_backward_transfer(R):
    two = R[:2, :2]
    assert forgetting(two) == pytest.approx(-backward_transfer(two))


@pytest.mark.parametrize(
    ("R", "message"),
    [
        ([0.5, 0.5], r"R has shape \(2,\)"),
        ([[0.5, 0.5]], r"R has shape \(1, 2\)"),
        ([[0.5, NAN], [NAN, 0.5]], "NaN on or below its diagonal"),
        ([[0.5, NAN], [-0.1, 0.5]], "from -0.1 to 0.5"),
        ([[50, 60], [70, 80]], "accuracies lie in 0..1"),
    ],
)
@pytest.mark.parametrize("measure", [average_accuracy, backward_transfer, forgetting])
def test_what_is_not_an_accuracy_matrix_is_refused(R, message, measure):
    with pytest.raises(CourseError, match=message):
        measure(R)
