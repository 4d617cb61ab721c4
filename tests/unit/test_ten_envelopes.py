"""The lab ten envelopes: what the page gets, and the widget."""

import json
from collections import Counter

import numpy as np
import pytest

from course_utils.adapting import predict_accuracy
from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.labs import ten_envelopes
from course_utils.labs.envelopes_lab.ten_envelopes import DEALS, ROUNDS, TABLE, page_data
from course_utils.labs.envelopes_lab.ten_envelopes_widget import TenEnvelopes


@pytest.fixture(scope="module")
def data():
    return page_data(recorded("envelopes"))


def test_every_deal_has_ten_different_rounds_of_all_kinds(data):
    assert len(data["deals"]) == DEALS
    for deal in data["deals"]:
        assert len(deal) == ROUNDS == len({json.dumps(one) for one in deal})
        assert Counter(one["kind"] for one in deal) == TABLE["counts"]
    assert len({json.dumps(deal) for deal in data["deals"]}) == DEALS
    orders = {tuple(one["kind"] for one in deal) for deal in data["deals"]}
    assert len(orders) > DEALS / 2  # the place of a round gives its kind away to nobody


def test_every_round_has_a_line_that_says_how_it_was_made():
    for row in recorded("envelopes"):
        assert TABLE["tasks"][row["task"]].get(row["kind"], row["kind"]) in TABLE["made"]
        if row["kind"] == "shift" or (not row["thing"] and row["kind"] == "honest"):
            assert row["kind"] in TABLE["tasks"][row["task"]]


def test_the_page_gets_what_the_formula_says(data):
    for one in data["deals"][3]:
        known = one["right"], one["validation"], one["test"]
        by_inputs = predict_accuracy(*known, level=TABLE["level"])
        assert one["by_inputs"] == pytest.approx([100 * by_inputs.low, 100 * by_inputs.high], abs=0.06)
        assert np.diff(one["by_units"]) >= np.diff(one["by_inputs"]) - 0.11 or not one["thing"]
        assert 0 <= one["hit"] <= 100
        assert one["task"] in TABLE["tasks"]


def test_all_rounds_are_counted_by_kind(data):
    rows = recorded("envelopes")
    assert {one["kind"]: one["count"] for one in data["overall"]} == Counter(row["kind"] for row in rows)
    held = [
        predict_accuracy(row["right_on_validation"], row["validation"], row["test"], level=0.9).holds(row["accuracy"])
        for row in rows
        if row["kind"] == "leak"
    ]
    leak = next(one for one in data["overall"] if one["kind"] == "leak")
    assert leak["by_inputs"] == pytest.approx(np.mean(held))


def test_the_page_is_small(data):
    assert len(json.dumps(data, allow_nan=False, separators=(",", ":"))) < 60_000


@pytest.mark.parametrize("deal", [-1, DEALS])
def test_a_deal_that_there_is_not_is_refused_and_nothing_changes(deal):
    lab = ten_envelopes()
    with pytest.raises(CourseError, match="no deal"):
        lab.deal = deal
    assert lab.deal == 0


def test_it_runs_nothing_and_says_how():
    with pytest.raises(CourseError, match="course adapt"):
        ten_envelopes().start()


def test_without_a_front_end_there_is_a_picture_with_words():
    bundle = ten_envelopes()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "What validation said" in bundle["text/plain"]


def test_without_a_recording_the_lab_says_why():
    lab = TenEnvelopes([], "Nothing there.")
    assert (lab.data["deals"], lab.data["missing"]) == ([], "Nothing there.")
    assert "no rows to draw" in lab.static()["text/plain"]
