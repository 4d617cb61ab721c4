"""Means over seeds, and the rate that validation pictures choose."""

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import at_best_rate, gain, mean_over_seeds, wilson_interval

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


def test_a_gain_is_in_points_between_the_same_seeds_at_one_budget():
    measured = [("ours", 5, 1, 0.9), ("ours", 5, 0, 0.8), ("theirs", 5, 0, 0.5), ("theirs", 5, 1, 0.95)]
    rows = [dict(zip(("method", "labels", "seed", "accuracy"), row, strict=True)) for row in measured]
    assert gain(rows, "ours", over="theirs", labels=5) == pytest.approx([30, -5])
    with pytest.raises(CourseError, match="different seeds at labels=5"):
        gain(rows[1:], "ours", over="theirs", labels=5)
    with pytest.raises(CourseError, match="No row has method='ours', labels=7"):
        gain(rows, "ours", over="theirs", labels=7)


def test_the_interval_of_a_perfect_score_on_few_pictures_is_wide():
    low, high = wilson_interval(30, 30)
    assert (low, high) == (pytest.approx(30 / (30 + 1.96**2)), 1)
    assert wilson_interval(0, 30) == (0, pytest.approx(1 - low))
    # A table's example: 81 of 263 gives 0.2553 to 0.3662 (Newcombe 1998, method 3).
    assert wilson_interval(81, 263) == (pytest.approx(0.2553, abs=1e-4), pytest.approx(0.3662, abs=1e-4))
