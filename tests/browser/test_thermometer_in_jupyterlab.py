"""The forgetting thermometer in a real JupyterLab: traits and page follow each other, and the kernel trains.

What needs no kernel is tested on the exported page.
"""

import os
import re
from functools import partial

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from playwright.sync_api import expect
from thermometer_page import END, GUESS, STEP, ThermometerLab

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_PROGRESS = ".kit-progress-words"


opened, lab = in_jupyterlab(ThermometerLab)


def test_it_is_drawn_at_once_and_fits_a_laptop(lab, measured):
    measured.times("forgetting-thermometer: first paint, from Shift+Enter", [lab.first_paint], "1000 ms")
    lab.says("^Press Play and stop in time")
    assert lab.root.bounding_box()["height"] < 800


def test_what_the_page_changes_is_in_the_traits(lab):
    lab.press(GUESS, "Home")
    lab.reveal()
    lab.says("You stopped at step 10")
    assert lab.asks("print(lab.guess, lab.revealed, lab.step)") == "10 True 112"
    lab.choose("EWC")
    assert lab.asks("print(lab.method, lab.value, lab.guess, lab.revealed)") == "ewc 1000.0 None False"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.method, lab.value, lab.seed = 'freezing', 3, 2")
    lab.shows("Blocks that learn", "blocks that learn 3")
    lab.says("^freezing · blocks that learn 3 · 112 steps · seed 2")
    lab.asks("lab.guess = 40")
    lab.shows(GUESS, "I stop at step 40")
    lab.asks("lab.revealed, lab.step = True, 112")
    lab.shows(STEP, END)
    assert "Choose one from its controls" in lab.asks("lab.value = 0.5")


def test_replay_needs_no_kernel(lab, measured):
    lab.slider(STEP).focus()
    acts = [partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    measured.times("forgetting-thermometer: replay, key to paint", lab.paint_times("keydown", acts), _PAINT)


def test_a_live_run_is_stopped_in_time_and_judged(lab, measured):
    lab.button("Guess again").click()
    lab.button("Run for real").click()
    lab.says(r"^step [1-9]\d* of 112, loss")  # the first run in a kernel has made the network ready
    lab.says("^It trains for real. Stop it before the source is in the red")
    assert {"live target", "live source"} <= set(lab.lines())
    expect(lab.root.locator(_PROGRESS)).to_have_text(re.compile(r"step [2-9]\d"), timeout=20_000)
    stopped = lab.times("click", lab.button("Stop").click, ".kit-run > .kit-row > .kit-button")
    measured.times("forgetting-thermometer: stop", stopped, "1000 ms")
    lab.says("^Stopped after step .* The weights learned so far are kept")
    lab.says(r"^First in the red at step 50\. You stopped at step [1-9]+0")
    assert lab.notebook.runs() == 0
    assert lab.asks("print(lab.revealed, lab.guess >= 20, type(lab.model).__name__)") == "True True Functional"


def test_averages_have_nothing_to_run(lab):
    lab.choose("WiSE-FT")
    lab.says("^There is nothing to train")
    expect(lab.button("Run for real")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"forgetting-thermometer-{theme}.png")
