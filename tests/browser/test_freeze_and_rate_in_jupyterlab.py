"""The freeze lab on the learner's own model in a real JupyterLab: its traits, its runs, and the code to copy."""

import os
from functools import partial

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from own_model_page import BACK, DEPTH, EPOCHS, GUESS, RATE, START, OwnModelLab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PROGRESS, _START_BUTTON = ".kit-progress-words", ".kit-run > .kit-row > .kit-button"


opened, lab = in_jupyterlab(OwnModelLab)


def test_it_is_drawn_at_once_and_fits_a_laptop(lab, measured):
    measured.times("freeze-and-rate: first paint, from Shift+Enter", [lab.first_paint], "1000 ms")
    lab.says("Where will validation accuracy be after 5 epochs")
    assert lab.root.bounding_box()["height"] < 800


def test_what_the_page_changes_is_in_the_traits_and_in_the_model(lab):
    lab.press(DEPTH, "ArrowRight", "ArrowRight")
    lab.button("Lock block4").press("Space")
    lab.says("^block3 learns · 221,")
    lab.press(RATE, "ArrowLeft")
    assert lab.asks("print(lab.locked, lab.frozen, lab.learning_rate)") == "[True, True, False, True] 2 0.0003"
    learns = "print({weight.path.split('/')[-2].split('_')[0] for weight in lab.model.trainable_weights})"
    assert "block3" in (names := lab.asks(learns))
    assert "block1" not in names


def test_what_the_traits_change_is_on_the_page_and_in_the_code(lab):
    lab.asks("lab.frozen, lab.learning_rate, lab.epochs = 3, 1e-3, 4")
    lab.shows(DEPTH, "block4 learns")
    lab.shows(RATE, "learning rate 1e-3")
    lab.shows(EPOCHS, "4 epochs")
    lab.root.get_by_text("The same by hand").click()
    code = lab.root.get_by_role("region", name="Python that does the same")
    expect(code).to_contain_text("keras.optimizers.AdamW(1e-3)")
    expect(code).to_contain_text('learning = names[names.index("block4_')
    lab.root.get_by_text("The same by hand").click()


def test_the_handle_is_dragged_by_mouse(lab):
    grip = lab.root.locator(".kit-grip")
    grip.scroll_into_view_if_needed()
    block = lab.root.locator(".kit-blocks > li").nth(1).bounding_box()
    lab.drag(grip, (block["x"] + block["width"], block["y"] + 20))
    lab.shows(DEPTH, "block3 and block4 learn")


def test_moving_a_control_needs_no_kernel(lab, measured):
    lab.slider(RATE).focus()
    acts = [partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    times = lab.paint_times("keydown", acts)
    measured.times("freeze-and-rate: rate, key to paint", times, "median 20 ms, 95th percentile 50 ms")


def test_a_guess_is_made_a_run_is_live_and_the_end_is_judged(lab, measured):
    lab.press(GUESS, *["ArrowUp"] * 20)
    lab.says("You expect 70%")
    times = lab.times("click", lab.button(START).click, _PROGRESS, 9)
    measured.times("freeze-and-rate: first sign of a run, from the click", times[:1], "2000 ms")
    measured.rate("freeze-and-rate: updates of a run, after the first", times, "4 a second")
    lab.says("^Validation accuracy ends at .* your guess was 70%")
    lab.button("Guess again").click()
    lab.says(r"^Validation accuracy went from .* 4 epochs more")


def test_a_stop_keeps_the_weights_and_the_next_run_goes_on(lab, measured):
    lab.asks("lab.epochs = 20")
    lab.button(START).click()
    lab.says(r"step [1-9]\d* of 80")
    measured.times("freeze-and-rate: stop", lab.times("click", lab.button("Stop").click, _START_BUTTON), "1000 ms")
    lab.says("^Stopped after .* The weights learned so far are kept")
    assert lab.notebook.runs() == 0
    assert lab.stages() == 2
    assert lab.asks("print(lab.model is model)") == "True"


def test_back_at_the_start_the_runs_are_the_ghost(lab):
    lab.button(BACK).click()
    lab.says("^Back at the start")
    expect(lab.button(BACK)).to_be_disabled()
    expect(lab.root.locator(".kit-legend-ghost")).to_contain_text("before: 1: block3 and block4 learn")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"freeze-and-rate-{theme}.png")
