"""The freeze lab in a real JupyterLab: its traits follow the page, the page follows the traits, and the kernel trains.

What needs no kernel is tested on the exported page.
"""

import os
from functools import partial

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from freeze_lab_page import BLOCKS, DEPTH, END_SOURCE, GUESS, RATE, STEP, FreezeLab
from lab_fixtures import in_jupyterlab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_WORDS, _PROGRESS = ".kit-words", ".kit-progress-words"


opened, lab = in_jupyterlab(FreezeLab)


def test_it_is_drawn_at_once_and_fits_a_laptop(lab, measured):
    measured.times("freeze-lab: first paint, from Shift+Enter", [lab.first_paint], "1000 ms")
    lab.says("Where does the source end")
    assert lab.root.bounding_box()["height"] < 800


def test_guess_and_reveal_by_keyboard_reach_the_kernel(lab):
    assert lab.asks("print(lab.guess, lab.revealed)") == "None False"
    lab.guess_by_keyboard()
    lab.reveal()
    lab.says(f"your guess was 80%: {80 - END_SOURCE} points too high")
    assert lab.asks("print(lab.guess, lab.revealed, lab.step)") == "80 True 112"


def test_what_the_page_changes_is_in_the_traits(lab):
    lab.press(DEPTH, "ArrowRight")
    lab.button(BLOCKS[2]).press("Space")
    expect(lab.button(BLOCKS[2])).to_have_attribute("aria-pressed", "true")
    lab.press(RATE, "ArrowLeft")
    assert lab.asks("print(lab.locked, lab.frozen, lab.learning_rate)") == "[True, False, True, False] 1 0.0003"
    assert lab.asks("print(lab.guess)") == "None"  # it was about another run


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.frozen, lab.learning_rate, lab.epochs = 2, 1e-3, 8")
    lab.shows(DEPTH, "block3 and block4 learn")
    lab.shows(RATE, "learning rate 1e-3")
    lab.shows(STEP, "step 50 of 50")
    lab.asks("lab.epochs = 16")
    lab.shows(STEP, "step 112 of 112")
    assert "Choose one from its controls" in lab.asks("lab.learning_rate = 0.5")
    lab.asks("lab.revealed, lab.step = False, 0")
    lab.shows(GUESS, "no guess yet")
    lab.asks("lab.guess = 70")
    lab.shows(GUESS, "your guess: 70%")


def test_letters_and_arrows_do_not_reach_the_notebook(lab):
    cells = lab.page.get_by_label("Code Cell Content").count()
    lab.slider(DEPTH).focus()
    for key in ("d", "d", "a", "b", "x", "ArrowDown", "ArrowUp", "Home"):
        lab.page.keyboard.press(key)
    assert lab.page.get_by_label("Code Cell Content").count() == cells
    expect(lab.slider(DEPTH)).to_be_focused()


def test_replay_needs_no_kernel(lab, measured):
    lab.asks("lab.revealed, lab.step = True, 112")
    lab.shows(STEP, "step 112 of 112")
    for name, keys in ((STEP, ("ArrowLeft", "ArrowRight")), (RATE, ("ArrowLeft", "ArrowRight"))):
        lab.slider(name).focus()
        acts = [partial(lab.page.keyboard.press, key) for key in keys * 15]
        measured.times(f"freeze-lab: {name}, key to paint", lab.paint_times("keydown", acts), _PAINT)


def test_a_busy_kernel_does_not_hold_the_page_up(lab):
    lab.page.evaluate(
        "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({ code: 'import time; time.sleep(3)', store_history: false })"
    )
    lab.press(STEP, "Home")
    expect(lab.slider(STEP)).to_have_attribute("aria-valuetext", "step 10 of 112", timeout=1000)
    lab.press(STEP, "End")
    assert lab.asks("print(lab.step)") == "112"


def test_a_run_is_live_is_stopped_and_becomes_the_ghost(lab, measured):
    lab.button("Run for real").click()
    lab.says(r"^step [1-9]\d* of 112, loss")  # the first run in a kernel has made the network ready
    lab.button("Stop").click()
    lab.says("^Stopped after step")
    times = lab.times("click", lab.button("Run for real").click, _PROGRESS, 21)
    measured.times("freeze-lab: first point of a run, from the click", times[:1], "2000 ms")
    measured.rate("freeze-lab: updates of a run, after the first", times, "4 a second")
    assert {"live target", "live source"} <= set(lab.lines())
    stopped = lab.times("click", lab.button("Stop").click, ".kit-run > .kit-row > .kit-button")
    measured.times("freeze-lab: stop", stopped, "1000 ms")
    lab.says("^Stopped after step .* The weights learned so far are kept")
    assert lab.notebook.runs() == 0
    assert lab.asks("print(type(lab.model).__name__)") != "NoneType"
    lab.press(RATE, "ArrowLeft")
    expect(lab.root.locator(".kit-legend-ghost")).to_be_visible()
    assert lab.root.locator(_WORDS).inner_text() == ""  # it was about the other setting


def test_ten_clicks_start_one_run_and_get_nine_polite_refusals(lab):
    start = lab.button("Run for real")
    start.evaluate("button => { for (let i = 0; i < 10; i++) { button.disabled = false; button.click() } }")
    lab.says(r"^step [1-9]\d* of 112, loss")
    assert lab.notebook.runs() == 1
    lab.button("Stop").click()
    lab.says("^Stopped after step")


def test_pause_and_step(lab):
    lab.button("Run for real").click()
    lab.says(r"^step [1-9]\d* of 112, loss")
    lab.button("Pause").click()
    lab.says("Paused")
    place = lab.root.locator(_PROGRESS)
    before = place.inner_text()
    lab.button("Step").click()
    expect(place).not_to_have_text(before)
    lab.button("Go on").click()
    lab.says("^Done after 112 steps")
    expect(lab.button("Run for real")).to_be_enabled()


def test_controls_moved_fast_during_a_run_stay_where_they_were_left(lab):
    lab.button("Run for real").click()
    lab.says(r"^step [1-9]\d* of 112, loss")
    for _ in range(5):
        lab.press(RATE, "Home", "ArrowRight", "End")
        lab.press(DEPTH, "Home", "ArrowRight", "End", "ArrowLeft")
    expect(lab.button("Run for real")).to_be_enabled(timeout=20_000)
    lab.notebook.settle()
    lab.shows(RATE, "learning rate 1e-2")
    lab.shows(DEPTH, "block4 learns")
    assert lab.asks("lab.live.join(60); print(lab.learning_rate, lab.frozen)") == "0.01 3"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"freeze-lab-{theme}.png")
