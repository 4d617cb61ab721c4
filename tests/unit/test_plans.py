"""The diagram of what is trained, the table of claims, melted rows and the curve of a range test."""

import pytest
from matplotlib.patches import FancyBboxPatch

from course_utils import figures
from course_utils.errors import CourseError

PLANS = {"head": {"block1": 0, "head": 1e-2}, "all": {"block1": 3e-5, "head": 3e-4}}


def test_a_plan_shows_what_is_frozen_and_every_rate_in_boxes_words_and_table():
    picture = figures.training_plan(PLANS, title="Two steps")
    boxes = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]
    assert [bool(box.get_hatch()) for box in boxes] == [True, False, False, False]
    shown = [text.get_text() for text in picture.figure.axes[0].texts]
    assert {"block1", "head", "frozen", "1e-2", "3e-5", "3e-4"} <= set(shown)
    assert picture.alt.startswith("Two steps. ")
    assert "all: block1 3e-5, head 3e-4" in picture.alt
    assert picture.table[0] == {"plan": "head", "block1": "frozen", "head": "1e-2"}


def test_a_higher_rate_is_drawn_darker():
    picture = figures.training_plan(PLANS)
    boxes = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, FancyBboxPatch)]
    opacity = [box.get_facecolor()[3] for box in boxes]
    assert opacity[1] > opacity[3] > opacity[2]


@pytest.mark.parametrize(
    ("plans", "says"),
    [
        ({}, "no plan"),
        ({"a": {"head": 1}, "b": {"block": 1}}, "'b' has other parts than 'a'"),
        ({"a": {"head": -1}}, "rate below 0"),
    ],
)
def test_plans_that_cannot_be_drawn_say_why(plans, says):
    with pytest.raises(CourseError, match=says):
        figures.training_plan(plans)


def test_melt_makes_a_row_of_every_number_and_keeps_the_rest():
    rows = [{"how": "plain", "target": 0.8, "source": 0.5}]
    assert figures.melt(rows, ["target", "source"]) == [
        {"how": "plain", "measured on": "target", "accuracy": 0.8},
        {"how": "plain", "measured on": "source", "accuracy": 0.5},
    ]


def test_melt_opens_a_column_that_holds_a_mapping():
    rows = [{"how": "plain", "drift": {"block1": 0.1, "block2": 0.2}}]
    melted = figures.melt(rows, "drift", name="block", value="drift")
    assert [(row["block"], row["drift"]) for row in melted] == [("block1", 0.1), ("block2", 0.2)]


def test_melt_names_a_column_that_is_missing():
    with pytest.raises(CourseError, match="no column 'source'"):
        figures.melt([{"target": 1}], ["target", "source"])


def test_claims_on_trial_give_each_claim_its_verdict():
    verdicts = ["holds", "holds near", "fails here", "not tested"]
    table = figures.claims_on_trial([("a claim", "1 point", verdict) for verdict in verdicts])
    assert table.rows[1] == {"people say": "a claim", "measured here": "1 point", "verdict": "holds near"}
    assert [row["verdict"] for row in table.rows] == verdicts


@pytest.mark.parametrize("verdict", [True, None, "maybe"])
def test_a_verdict_in_another_word_is_refused(verdict):
    with pytest.raises(CourseError, match=f"'a claim' has the verdict {verdict!r}.*holds near"):
        figures.claims_on_trial([("a claim", "1 point", verdict)])


def test_a_rate_curve_marks_the_suggested_rate():
    rows = [{"learning_rate": 10.0**power, "loss": 1.0 + power**2} for power in (-3, -2, -1)]
    picture = figures.rate_curve(rows, suggested=1e-2, title="Test")
    (line,) = [line for line in picture.figure.axes[0].lines if line.get_label() == "suggested: 1e-2"]
    assert set(line.get_xdata()) == {1e-2}
    assert picture.alt.endswith("The suggested rate is 1e-2.")
    assert picture.table == rows
