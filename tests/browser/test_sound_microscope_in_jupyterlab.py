"""The sound microscope in a real JupyterLab: its controls are traits. What needs no kernel is tested on the page."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from sound_microscope_page import SoundMicroscopeInNotebook

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(SoundMicroscopeInNotebook)


def test_what_the_page_changes_is_in_the_traits_and_back(lab):
    lab.says(r'^"ee" of voice 07')
    lab.choose("the same vowel")
    lab.button("Reveal").press("Enter")
    lab.says("^Nearest in block4")
    assert lab.asks("print(lab.vowel, lab.voice, lab.layer, lab.guess, lab.revealed)") == "ee voice 07 5 vowel True"
    lab.asks("lab.layer = 0")
    lab.says("^Nearest in log-mel")
    assert "Choose one from its controls" in lab.asks("lab.layer = 9")
