"""The label-budget lab in a real JupyterLab: traits both ways, pictures on request, and live runs.

What needs no kernel is tested on the exported page.
"""

import os
from functools import partial

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from label_budget_page import GUESS, LABELS, LabelBudgetLab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_PROGRESS = ".kit-progress-words"


opened, lab = in_jupyterlab(LabelBudgetLab)


def test_it_is_drawn_at_once_gets_its_pictures_and_fits_a_laptop(lab, measured):
    measured.times("label-budget: first paint, from Shift+Enter", [lab.first_paint], "1000 ms")
    lab.says(r"Transfer reaches 97% with 5 labels per class")
    lab.has_pictures(25)
    assert lab.root.bounding_box()["height"] < 800


def test_guess_and_reveal_reach_the_kernel(lab):
    assert lab.asks("print(lab.guess, lab.revealed)") == "None False"
    lab.guess_by_keyboard("End")
    lab.shows(GUESS, "scratch never reaches 97% with up to 240 labels per class")
    lab.reveal()
    lab.says(r"your guess was never: it does get there\.")
    assert lab.asks("print(lab.guess, lab.revealed)") == "0 True"


def test_what_the_page_changes_is_in_the_traits(lab):
    lab.press(LABELS, "ArrowRight")
    lab.button("Draw other pictures").press("Enter")
    assert lab.asks("print(lab.labels, lab.seed, lab.guess)") == "20 1 None"
    lab.task("digits").check()
    lab.has_pictures(100)
    assert lab.asks("print(lab.task, lab.labels, lab.revealed)") == "digits 20 False"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.task = 'shapes'; lab.labels, lab.guess, lab.revealed = 1, 44, True")
    lab.shows(LABELS, "1 label per class")
    lab.says("your guess was 44: you saw it coming")
    lab.has_pictures(5)
    assert "Choose one from its controls" in lab.asks("lab.task = 'faces'")
    lab.asks("lab.labels = 30")  # not recorded
    lab.shows(LABELS, "20 labels per class")
    assert lab.asks("print(lab.labels)") == "20"


def test_replay_needs_no_kernel(lab, measured):
    lab.slider(LABELS).focus()
    acts = [partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    measured.times("label-budget: labels, key to paint", lab.paint_times("keydown", acts), _PAINT)


def test_a_run_is_live_and_is_stopped(lab, measured):
    lab.asks("lab.task, lab.labels, lab.seed = 'shapes', 5, 0")
    lab.button("Run for real").click()
    lab.says(r"step [1-9]\d* of 1000")  # the first run in a kernel has made the network ready
    lab.button("Stop").click()
    lab.says("^Stopped after step")
    times = lab.times("click", lab.button("Run for real").click, _PROGRESS, 21)
    measured.times("label-budget: first point of a run, from the click", times[:1], "2000 ms")
    measured.rate("label-budget: updates of a run, after the first", times, "4 a second")
    expect(lab.root.locator(".budget-live")).to_contain_text("live")
    stopped = lab.times("click", lab.button("Stop").click, ".kit-run > .kit-row > .kit-button")
    measured.times("label-budget: stop", stopped, "1000 ms")
    lab.says("^Stopped after step .* The weights learned so far are kept")
    assert lab.notebook.runs() == 0
    assert lab.asks("print(lab.model.output_shape)") == "(None, 5)"
    lab.press(LABELS, "ArrowRight")
    expect(lab.root.locator(".budget-live")).to_have_count(1)  # the point stays where it was measured
    assert lab.root.locator(".kit-words").inner_text() == ""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"label-budget-{theme}.png")
