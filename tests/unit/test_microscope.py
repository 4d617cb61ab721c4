"""The layer microscope: its state decides what it shows; learners guess where a channel answers before they see it."""

import ipywidgets
import numpy as np
import pytest

from course_utils.backbones import load_backbone
from course_utils.errors import CourseError
from course_utils.frontend import FRONT_ENDS
from course_utils.inspection import channel_sketches, maximise_channels
from course_utils.labs import microscope
from course_utils.labs.kit.state_codes import encode
from course_utils.labs.microscope_lab.microscope import PLACES, Microscope, MicroscopeState
from course_utils.labs.microscope_lab.microscope_view import MicroscopeView

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def backbone():
    return load_backbone("embedded", weights=None)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def scope(backbone, images):
    return Microscope(backbone, images)


@pytest.fixture
def view(scope):
    view = MicroscopeView(scope)
    yield view
    view.live.stop()
    view.live.join(60)


def test_there_are_nine_places():
    assert len(set(PLACES)) == 9


def test_a_place_is_where_the_answer_is_largest(scope, monkeypatch):
    answer = np.zeros((16, 16), np.float32)
    monkeypatch.setattr(scope, "answer", lambda state: answer)
    state = MicroscopeState(0, "block1", 3, guess="at the top right")
    assert "does not answer" in scope.verdict(state)
    answer[2, 14] = 1
    assert scope.verdict(state) == "Channel 3 of block1 answers most at the top right. You saw it coming."


@pytest.mark.parametrize("fields", [{"picture": -1}, {"channel": 0.5}, {"guess": "nowhere"}, {"block": "b" * 61}])
def test_a_state_that_no_network_has_is_refused(fields):
    with pytest.raises(CourseError):
        MicroscopeState(**{"picture": 0, "block": "block1", "channel": 0, **fields})


def test_guess_reveal_and_look_at_the_next_channel(view):
    first = view.state.channel
    assert view.detail.value == ""
    assert "hidden" in view.reading.value
    view.guess.value = PLACES[0]
    view.reveal.click()
    assert f"Channel {first} of block1" in view.reading.value
    assert "<img" in view.detail.value
    favourites = view.favourites.value
    view.channels._forward.click()
    assert view.state.channel == view.scope.ranked("block1")[1]
    assert view.favourites.value != favourites
    assert view.state.guess is None


def test_another_block_brings_its_own_channels_and_leaves_the_overview(view):
    overview = view.overview.value
    view.block.value = "block4"
    assert len(view.channels._place.options) == 256
    assert view.overview.value == overview
    assert "block4" in view.favourites.value
    view.image.value = 3
    assert "picture 3" in view.overview.value


def test_what_excites_a_channel_is_drawn_live_and_compared_with_the_last(view):
    view.buttons._start.click()
    view.live.join(60)
    assert "Drawn in 96 steps" in view.said.value
    assert f"live: block1, channel {view.state.channel} after 96 steps" in view.drawn.value
    view.seed.value = 1
    view.buttons._start.click()
    view.live.stop()
    view.live.join(60)
    assert "before: block1" in view.drawn.value


def test_the_sketches_end_with_the_finished_picture(backbone):
    *_, last = channel_sketches(backbone, "block1", [0], steps=3)
    np.testing.assert_array_equal(last, maximise_channels(backbone, "block1", [0], steps=3))


def test_a_state_of_another_network_is_refused_in_a_sentence(view):
    for other in (MicroscopeState(99, "block1", 0), MicroscopeState(0, "conv5", 0), MicroscopeState(0, "block1", 32)):
        view.restore(encode("microscope", other))
        assert "This lab has no" in view.said.value
    view.restore(encode("microscope", MicroscopeState(2, "block4", 200, revealed=True)))
    assert (view.block.value, view.image.value) == ("block4", 2)


def test_every_control_is_a_stock_widget_with_a_name(view):
    def leaves(widget):
        children = getattr(widget, "children", ())
        return [leaf for child in children for leaf in leaves(child)] or [widget]

    controls = [leaf for leaf in leaves(view.widget) if not isinstance(leaf, ipywidgets.HTML)]
    assert all(control.description for control in controls)
    assert not any("Slider" in type(control).__name__ for control in controls)


def test_without_a_front_end_the_default_picture_is_shown_with_its_words(backbone, images, monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    shown = microscope(backbone, images)._repr_mimebundle_()
    assert VIEW not in shown
    assert "block4" in shown["text/plain"]


def test_a_front_end_gets_the_widget(backbone, images, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    assert VIEW in microscope(backbone, images)._repr_mimebundle_()


def test_too_few_pictures_are_refused(backbone, images):
    with pytest.raises(CourseError, match="needs 8 or more"):
        microscope(backbone, images[:7])
