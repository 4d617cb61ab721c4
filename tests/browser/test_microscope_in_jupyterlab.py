"""The layer microscope in a real JupyterLab: the kernel answers once, the page keeps it, and a drawing is watched live.

What needs no kernel is tested on the exported page.
"""

import os
from functools import partial

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from microscope_page import GUESS, READER, MicroscopeLab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_PROGRESS = ".kit-progress-words"


opened, lab = in_jupyterlab(MicroscopeLab)


def test_it_is_drawn_at_once_and_fits_a_laptop(lab, measured):
    measured.times("microscope: first paint, from Shift+Enter", [lab.first_paint], "1000 ms")
    lab.says("Where in your picture will channel 23 answer most")
    expect(lab.root.locator(".scope-favourites .kit-cut")).to_have_count(8)
    assert lab.root.bounding_box()["height"] < 800


def test_guess_and_reveal_by_keyboard_reach_the_kernel(lab):
    assert lab.asks("print(lab.picture, lab.block, lab.channel, lab.guess, lab.revealed)") == "6 block2 23 None False"
    lab.guess_by_keyboard()
    lab.reveal()
    lab.says(r"^Channel 23 answers most in the centre; at your flag, \d+% as much")
    assert lab.asks("print(lab.guess, lab.revealed)") == "53 True"


def test_what_the_page_changes_is_in_the_traits(lab):
    lab.block("block4").check(force=True)
    lab.says("^Channel 217 answers most")
    lab.picture(1).check(force=True)
    lab.says("^Channel 217 ")
    assert lab.asks("print(lab.picture, lab.block, lab.channel, lab.guess)") == "0 block4 217 None"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.block = 'block2'")
    lab.says("block2 · channel 57, one of 64")
    lab.asks("lab.picture, lab.channel, lab.revealed = 6, 23, False")
    lab.says("Where in your picture will channel 23 answer most")
    lab.asks("lab.guess = 0")
    lab.shows(GUESS, "your flag, at the top left")
    assert "Choose one from its controls" in lab.asks("lab.channel = 64")
    assert "Choose one from its controls" in lab.asks("lab.picture = 12")


def test_every_channel_can_be_reached(lab):
    assert len(lab.channels()) == 12
    for words in ("25.36 of 64", "37.48 of 64", "49.60 of 64", "61.64 of 64"):
        lab.button("Channels after").click()
        lab.says(words)
    expect(lab.button("Channels after")).to_be_disabled()
    assert len(lab.channels()) == 4
    lab.asks("lab.channel, lab.revealed = 23, True")
    lab.says("^Channel 23 answers most")


def test_letters_and_arrows_do_not_reach_the_notebook(lab):
    cells = lab.page.get_by_label("Code Cell Content").count()
    lab.press(READER, "d", "d", "a", "b", "x", "ArrowDown", "ArrowUp", "Home")
    assert lab.page.get_by_label("Code Cell Content").count() == cells
    expect(lab.slider(READER)).to_be_focused()


def test_what_is_here_already_needs_no_kernel(lab, measured):
    lab.page.evaluate(
        "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({ code: 'import time; time.sleep(3)', store_history: false })"
    )
    lab.slider(READER).focus()
    acts = [partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    measured.times("microscope: position read, key to paint", lab.paint_times("keydown", acts), _PAINT)
    lab.channel(23).focus()
    acts = [partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    measured.times("microscope: channel, key to paint", lab.paint_times("keydown", acts), _PAINT)
    assert lab.asks("print(lab.channel)") == "23"


def test_a_drawing_is_watched_live_stopped_and_played_again(lab, measured):
    lab.says("Run for real to watch it being drawn")
    lab.button("Run for real").click()
    lab.says(r"step [1-9]\d* of 64")  # the first drawing in a kernel has made the gradient ready
    lab.button("Stop").click()
    lab.says("^Drawn in")
    times = lab.times("click", lab.button("Run for real").click, _PROGRESS, 9)
    measured.times("microscope: first frame of a drawing, from the click", times[:1], "2000 ms")
    measured.rate("microscope: frames of a drawing, after the first", times, "4 a second")
    stopped = lab.times("click", lab.button("Stop").click, ".kit-run > .kit-row > .kit-button")
    measured.times("microscope: stop", stopped, "1000 ms")
    assert lab.notebook.runs() == 0
    lab.button("Run for real").click()
    lab.says("^Drawn in 64 steps: what excites block2, channel 23")
    lab.shows("Step", "step 64 of 64")
    lab.button("Back").click()
    expect(lab.slider("Step")).not_to_have_attribute("aria-valuetext", "step 64 of 64")


def test_ten_clicks_start_one_drawing(lab):
    start = lab.button("Run for real")
    start.evaluate("button => { for (let i = 0; i < 10; i++) { button.disabled = false; button.click() } }")
    lab.says(r"step [1-9]\d* of 64")
    assert lab.notebook.runs() == 1
    lab.button("Stop").click()
    expect(start).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"microscope-{theme}.png")
