"""The layer microscope: what it shows is decided by picture, block and channel; without a front end it is a picture."""

import ipywidgets
import numpy as np
import pytest

from course_utils.errors import CourseError
from course_utils.labs import microscope
from course_utils.worlds import load_backbone

VIEW = "application/vnd.jupyter.widget-view+json"
FRONT_ENDS = ("JPY_SESSION_NAME", "VSCODE_PID", "VSCODE_CWD", "COLAB_RELEASE_TAG")


@pytest.fixture(scope="module")
def backbone():
    return load_backbone("embedded", weights=None)


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)


def controls(lab):
    """The picture, block and channel controls of a microscope, and the HTML panels below them."""
    (picture, block, channel), *panels = lab.widget.children[0].children, *lab.widget.children[1:]
    return picture, block, channel, panels


def test_without_a_front_end_the_default_picture_stands_with_its_words(backbone, images, monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    shown = microscope(backbone, images)._repr_mimebundle_()
    assert VIEW not in shown
    assert "block4" in shown["text/plain"]


def test_a_front_end_gets_the_widget(backbone, images, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    assert VIEW in microscope(backbone, images)._repr_mimebundle_()


def test_another_block_brings_its_own_channels_and_pictures(backbone, images):
    picture, block, channel, (overview, detail, favourites) = controls(microscope(backbone, images))
    assert (block.value, channel.max) == ("block1", 31)
    before = overview.value, detail.value, favourites.value
    block.value = "block4"
    assert channel.max == 255
    assert overview.value == before[0]
    assert "block4" in detail.value
    assert favourites.value != before[2]
    picture.value = 3
    assert "picture 3" in overview.value
    assert "picture 3" in detail.value


def test_every_control_is_a_stock_widget_that_takes_the_keyboard(backbone, images):
    picture, block, channel, _ = controls(microscope(backbone, images))
    assert isinstance(picture, ipywidgets.IntSlider)
    assert isinstance(block, ipywidgets.ToggleButtons)
    assert isinstance(channel, ipywidgets.BoundedIntText)


def test_too_few_pictures_are_refused(backbone, images):
    with pytest.raises(CourseError, match="needs 8 or more"):
        microscope(backbone, images[:7])
