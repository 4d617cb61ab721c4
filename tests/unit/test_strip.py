"""The network strip: one state, drawn as a component or as plain buttons; both report the learner's locks."""

import sys

import ipywidgets
import pytest

from course_utils.errors import CourseError
from course_utils.labs.kit.strip import NetworkStrip

BLOCKS = ["block1", "block2", "head"]


@pytest.fixture
def strip():
    return NetworkStrip(BLOCKS)


@pytest.fixture
def plain(strip):
    strip.use_plain_buttons()
    return strip


def buttons(strip):
    columns = strip.children[0].children[0].children
    return [column.children[0] for column in columns]


def test_a_new_strip_is_unlocked_and_has_not_moved(strip):
    assert strip.locked == [False] * 3
    assert strip.rates == [None] * 3
    assert strip.drift == [0] * 3


def test_a_lock_on_the_page_reaches_the_lab_once(strip):
    seen = []
    strip.observe(lambda change: seen.append(change["new"]), "locked")
    drawn = strip.children[0]
    drawn.set_state({"locked": [True, False, False]})  # as a message from the page does
    assert strip.locked == [True, False, False]
    assert seen == [[True, False, False]]


def test_what_the_lab_sets_reaches_the_page(strip):
    strip.locked = [True, True, False]
    strip.rates = [None, 3e-4, 1e-3]
    strip.drift = [0, 0.0123, 0.5]
    strip.trainable, strip.total, strip.batchnorm = 250, 1000, "training"
    drawn = strip.children[0]
    assert drawn.locked == [True, True, False]
    assert drawn.shown["rateWords"] == ("no rate", "rate 3e-4", "rate 1e-3")
    assert drawn.shown["driftWords"][1] == "moved 0.012"
    assert "250 of 1,000 weights train (25%)" in drawn.shown["summary"]
    assert drawn.shown["moving"]


def test_the_badge_says_whether_batchnorms_statistics_move(strip):
    assert "stay still" in strip.summary()
    strip.batchnorm = "training"
    assert "statistics move" in strip.summary()


def test_the_plain_buttons_show_and_change_the_same_state(plain):
    plain.rates, plain.drift = [None, 1e-4, 1e-3], [0, 0.25, 0]
    first, second, _ = buttons(plain)
    second.value = True
    assert plain.locked == [False, True, False]
    plain.locked = [True, False, False]
    assert (first.value, second.value) == (True, False)
    columns = plain.children[0].children[0].children
    assert columns[0].children[1].value == "locked<br>no rate<br>moved 0.000"
    assert columns[1].children[1].value == "learns<br>rate 1e-4<br>moved 0.250"


def test_the_learner_can_ask_for_plain_buttons_where_nothing_is_drawn(strip):
    _, ask = strip.children[1].children
    strip.locked = [True, False, False]
    ask.click()
    assert [button.value for button in buttons(strip)] == [True, False, False]


def test_without_anywidget_the_buttons_are_plain(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)  # an import of it fails
    monkeypatch.delitem(sys.modules, "course_utils.labs.kit.strip_component", raising=False)
    strip = NetworkStrip(BLOCKS)
    assert all(isinstance(button, ipywidgets.ToggleButton) for button in buttons(strip))


@pytest.mark.parametrize("trait", ["locked", "rates", "drift"])
def test_one_value_per_block_is_required(strip, trait):
    with pytest.raises(CourseError, match=f"{trait} has 2 values and the network strip has 3 blocks"):
        setattr(strip, trait, [0, 0] if trait == "drift" else [False, False] if trait == "locked" else [None, None])
    assert len(getattr(strip, trait)) == 3
