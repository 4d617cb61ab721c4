"""Means over seeds, and the rate that validation pictures choose."""

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import at_best_rate, mean_over_seeds

ROWS = [
    {"how": how, "learning_rate": rate, "seed": seed, "validation_target": validation, "target": target}
    for how, rate, seed, validation, target in [
        ("plain", 1e-4, 0, 0.80, 0.90),
        ("plain", 1e-4, 1, 0.70, 0.92),
        ("plain", 1e-3, 0, 0.79, 0.50),
        ("plain", 1e-3, 1, 0.77, 0.52),
        ("other", 1e-2, 0, 0.99, 0.10),
    ]
]


def test_a_mean_is_over_the_matching_rows_alone():
    assert mean_over_seeds(ROWS, "target", how="plain", learning_rate=1e-3) == pytest.approx(0.51)


def test_the_rate_is_chosen_by_mean_validation_accuracy_and_never_by_the_test():
    chosen = at_best_rate(ROWS, how="plain")
    assert [(row["learning_rate"], row["seed"]) for row in chosen] == [(1e-3, 0), (1e-3, 1)]


def test_no_matching_row_is_an_error_that_names_what_was_asked_for():
    with pytest.raises(CourseError, match="No row has how='none'"):
        at_best_rate(ROWS, how="none")
