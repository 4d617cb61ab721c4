"""Statistics of questions: against closed forms, and silent where there is too little to say."""

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.grading.class_report.item_statistics import FEWEST, cronbach_alpha, discrimination
from course_utils.grading.class_report.pseudonyms import pseudonym
from course_utils.grading.class_report.run_times import unusual

RIGHT_OR_WRONG = arrays(int, st.tuples(st.integers(FEWEST, 40), st.integers(2, 12)), elements=st.integers(0, 1))


@given(RIGHT_OR_WRONG)
def test_discrimination_of_right_or_wrong_is_the_corrected_point_biserial(answers) -> None:
    item, rest = answers[:, 0], answers[:, 1:].sum(axis=1)
    assume(np.ptp(item) and np.ptp(rest))
    found = discrimination(item, rest)
    p = item.mean()
    closed = (rest[item == 1].mean() - rest[item == 0].mean()) / rest.std() * math.sqrt(p * (1 - p))
    assert found.value == pytest.approx(closed, abs=1e-9)
    assert -1 <= found.low <= found.value <= found.high <= 1


@given(RIGHT_OR_WRONG)
def test_alpha_of_right_or_wrong_is_kuder_and_richardsons_formula_20(answers) -> None:
    total = answers.sum(axis=1)
    assume(np.ptp(total))
    questions, p = answers.shape[1], answers.mean(axis=0)
    closed = questions / (questions - 1) * (1 - (p * (1 - p)).sum() / total.var())
    found = cronbach_alpha(answers)
    assert found.value == pytest.approx(closed, abs=1e-9)
    assert found.low <= found.value <= found.high


@given(RIGHT_OR_WRONG, st.floats(0.1, 50), st.floats(-9, 9))
def test_other_units_change_neither(answers, scale, shift) -> None:
    item, rest = answers[:, 0], answers[:, 1:].sum(axis=1)
    assume(np.ptp(item) and np.ptp(rest) and np.ptp(answers.sum(axis=1)))
    assert discrimination(scale * item + shift, rest).value == pytest.approx(discrimination(item, rest).value, abs=1e-6)
    assert cronbach_alpha(scale * answers + shift).value == pytest.approx(cronbach_alpha(answers).value, abs=1e-6)


def test_fishers_interval_is_the_one_in_tables() -> None:
    item = np.repeat([0, 1], 14)
    rest = np.concatenate([np.zeros(14), np.ones(14)]) + np.tile([math.sqrt(0.75), -math.sqrt(0.75)], 14)
    found = discrimination(item, rest)  # r = 0.5 of 28
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.156, 0.736), abs=1e-3)


@pytest.mark.parametrize("true", [0.0, 0.6])
def test_the_interval_holds_the_true_value_19_times_in_20(true) -> None:
    random = np.random.default_rng(0)
    first, noise = random.standard_normal((2, 1000, 30))
    second = true * first + math.sqrt(1 - true**2) * noise
    found = [discrimination(*pair) for pair in zip(first, second, strict=True)]
    assert 0.93 < np.mean([one.low <= true <= one.high for one in found]) < 0.97


def test_equal_questions_give_alpha_1_and_unrelated_ones_about_0() -> None:
    random = np.random.default_rng(0)
    same = np.repeat(random.integers(0, 2, (50, 1)), 6, axis=1)
    assert astuple(cronbach_alpha(same)) == pytest.approx((1, 1, 1))
    found = cronbach_alpha(random.standard_normal((400, 6)))
    assert found.low < 0 < found.high


def test_there_is_no_number_where_there_is_too_little() -> None:
    answers = np.random.default_rng(0).integers(0, 2, (FEWEST, 3))
    assert discrimination(answers[:, 0], answers[:, 1])
    assert cronbach_alpha(answers)
    assert discrimination(answers[1:, 0], answers[1:, 1]) is None
    assert cronbach_alpha(answers[1:]) is None
    assert cronbach_alpha(answers[:, :1]) is None
    assert discrimination(np.ones(FEWEST), answers[:, 1]) is None
    assert discrimination(answers[:, 1], np.ones(FEWEST)) is None
    assert cronbach_alpha(np.ones((FEWEST, 3))) is None


def test_run_times_far_from_the_others_are_found_and_no_others() -> None:
    times = {f"learner {n}": 2 + n / 10 for n in range(20)}
    assert unusual(times) == {}
    found = unusual({**times, "slow": 60.0, "fast": 0.2})
    assert found.keys() == {"slow", "fast"}
    assert found["slow"] > 10
    assert found["fast"] < 0.1
    assert (
        unusual({learner: time / 1000 for learner, time in {**times, "slow": 60.0}.items()}) == {}
    )  # 60 ms is nothing
    assert unusual(dict.fromkeys("abcdefghij", 0.0)) == {}
    assert unusual({"a": 1, "b": 1, "c": 100}) == {}


def test_a_pseudonym_stays_and_depends_on_the_secret() -> None:
    assert pseudonym("secret", "ada") == pseudonym("secret", "ada")
    assert len({pseudonym(secret, who) for secret in ("one", "other") for who in ("ada", "bob")}) == 4
    assert "ada" not in pseudonym("secret", "ada")
