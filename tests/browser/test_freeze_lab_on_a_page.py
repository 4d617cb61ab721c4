"""The freeze lab as ``course labs export`` writes it, on a plain static server: no kernel, no other address."""

import functools
import os
import re
import urllib.request
from itertools import pairwise

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from freeze_lab_page import (
    BLOCKS,
    CONTROLS,
    DEPTH,
    END_SOURCE,
    END_TARGET,
    EPOCHS,
    GUESS,
    RATE,
    START,
    STEP,
    FreezeLabOnPage,
)
from lab_fixtures import on_page
from lab_page import percent
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_FLAT = 20  # megabytes


open_lab, lab = on_page(FreezeLabOnPage)


def test_it_is_ready_within_a_second_and_opens_on_a_question(open_lab, measured):
    times = []
    for _ in range(5):
        lab = open_lab()
        times.append(lab.page.evaluate("performance.now()"))
    measured.times("freeze-lab page: ready, from a local server", times, "1000 ms")
    lab.says(rf"The target reaches {END_TARGET}%\. Where does the source end\?")
    assert lab.lines() == ["recorded target"]


def test_it_fits_a_laptop_without_scrolling(lab):
    lab.reveal()
    assert lab.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_by_keyboard_alone(lab):
    lab.guess_by_keyboard()
    lab.shows(GUESS, "your guess: 80%")
    lab.says("You expect 80%")
    lab.reveal()
    lab.says(rf"The source ends at {END_SOURCE}%, and your guess was 80%: {80 - END_SOURCE} points too high\.")
    assert lab.lines() == ["recorded target", "recorded source"]
    lab.press(STEP, "ArrowLeft", "ArrowLeft")
    lab.shows(STEP, "step 100 of 112")
    lab.press(DEPTH, "ArrowRight", "ArrowRight")
    lab.shows(DEPTH, "block3 and block4 learn")
    lab.says(r"The target gains \d+ points, the source loses [1-9]\d? points, against a frozen network\.")
    lab.press(RATE, "End")
    lab.shows(RATE, "learning rate 1e-2")
    lab.says("the source loses 9[0-9] points")
    expect(lab.root.locator(".kit-legend-ghost")).to_have_text("before: block3 and block4 learn at 1e-3")
    lab.press(EPOCHS, "Home")
    lab.says("This setting was not recorded. The lesson runs it for real.")
    assert (
        lab.root.get_by_role("link", name="Run it for real in the lesson")
        .get_attribute("href")
        .endswith("03_fine_tuning.html")
    )


def test_tab_reaches_every_control_in_order_and_the_focus_is_visible(lab):
    assert lab.tab_order(lab.slider(DEPTH), len(CONTROLS)) == [name for _, name in CONTROLS]
    for control in (lab.slider(DEPTH), lab.slider(RATE), lab.slider(GUESS), lab.button("Reveal")):
        before = lab.root.screenshot()
        control.focus()
        lab.page.keyboard.press("Shift")  # so that the browser shows the focus as it does for a keyboard
        assert lab.root.screenshot() != before


def test_by_mouse_alone(lab):
    lab.drag(lab.root.locator(".kit-guess"), lab.height(0.8))
    lab.shows(GUESS, "your guess: 80%")
    lab.page.mouse.click(*lab.height(0.25))  # anywhere in the picture
    lab.shows(GUESS, "your guess: 25%")
    lab.button("Reveal").click()
    lab.says(rf"your guess was 25%: {END_SOURCE - 25} points too low\.")
    lab.drag(lab.root.locator(".kit-grip"), lab.edge(1))
    lab.shows(DEPTH, "block3 and block4 learn")
    lab.button(BLOCKS[3]).click()
    expect(lab.button(BLOCKS[3])).to_have_attribute("aria-pressed", "true")
    lab.says("This setting was not recorded")
    lab.button(BLOCKS[3]).click()
    lab.page.mouse.move(*lab.height(0.5))
    expect(lab.root.locator(".kit-tip")).to_contain_text(re.compile(r"step \d+.*target \d+%.*source \d+%"))


def test_by_finger(open_lab):
    lab = open_lab(width=390, height=844, has_touch=True, is_mobile=True)
    lab.root.locator(".kit-transport, .kit-actions").first.scroll_into_view_if_needed()
    lab.drag_by_finger(lab.root.locator(".kit-guess"), lab.height(0.9))
    expect(lab.slider(GUESS)).to_have_attribute("aria-valuetext", re.compile(r"your guess: (8[89]|9[01])%"))
    lab.button("Reveal").tap()
    lab.says("points too high")
    lab.root.locator(".kit-grip").scroll_into_view_if_needed()
    lab.drag_by_finger(lab.root.locator(".kit-grip"), lab.edge(2))
    lab.shows(DEPTH, "block4 learns")
    lab.button(BLOCKS[0]).tap()
    lab.shows(DEPTH, "block1 and block4 learn")


def test_the_handle_follows_the_pointer_to_both_ends(lab):
    grip = lab.root.locator(".kit-grip")
    for block, words in (
        (3, "no block learns, only the head"),
        (-1, "all blocks learn"),
        (0, "block2, block3 and block4 learn"),
    ):
        lab.drag(grip, lab.edge(block))
        lab.shows(DEPTH, words)


def test_the_curves_are_read_by_keyboard(lab):
    lab.reveal()
    at_20 = {task: percent(START["curve"][1][task]) for task in ("target", "source")}
    lab.press("Read the curves, step by step", "Home", "ArrowRight")
    lab.shows("Read the curves, step by step", f"step 20: target {at_20['target']}%, source {at_20['source']}%")


def test_a_typed_rate_snaps_and_says_so_and_a_word_is_refused(lab):
    typed = lab.root.get_by_role("textbox", name=f"{RATE}, typed")
    typed.fill("2e-3")
    typed.press("Enter")
    lab.says("The nearest value that this slider has is")
    typed.fill("fast")
    typed.press("Enter")
    lab.says('"fast" is not a number')
    typed.fill("1e-5")
    typed.press("Enter")
    lab.shows(RATE, "learning rate 1e-5")


def test_a_link_shows_the_same_and_a_damaged_one_says_why(open_lab, site):
    address = f"{site}/freeze-lab/"
    lab = open_lab()
    lab.press(DEPTH, "ArrowRight")
    lab.guess_by_keyboard(7)
    lab.reveal()
    link = lab.shared_link()
    assert link.startswith(f"{address}#freeze-lab.2?locked=1000&")
    lab.page.wait_for_url(link)
    other = open_lab(link.removeprefix(address))
    other.says("your guess was 57%")
    other.shows(DEPTH, "block2, block3 and block4 learn")
    damaged = open_lab(link.removeprefix(address)[:-3])
    damaged.says("This link is damaged")
    damaged.says("Where does the source end")
    field = damaged.root.get_by_role("textbox", name="A link to go to")
    damaged.root.get_by_text("Share what you see").click()
    field.fill(link)
    field.press("Enter")
    damaged.says("Restored")
    damaged.shows(DEPTH, "block2, block3 and block4 learn")


def test_the_ghost_stays_while_a_slider_is_dragged(lab):
    lab.reveal()
    box = lab.slider(RATE).bounding_box()
    y = box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + box["width"] * 0.66, y)
    lab.page.mouse.down()
    for part in (0.5, 0.3, 0.03):
        lab.page.mouse.move(box["x"] + box["width"] * part, y)
        expect(lab.root.locator(".kit-legend-ghost")).to_have_text("before: all blocks learn at 1e-3")
    lab.page.mouse.up()
    lab.shows(RATE, "learning rate 1e-5")


def test_guess_again_hides_the_source(lab):
    lab.reveal()
    lab.button("Guess again").click()
    lab.says("Where does the source end")
    assert lab.lines() == ["recorded target"]
    assert f"{END_SOURCE}%" not in lab.root.inner_text()


def test_input_is_painted_at_once(lab, measured):
    lab.reveal()
    for name, keys in (
        (RATE, ("ArrowLeft", "ArrowRight")),
        (DEPTH, ("ArrowRight", "ArrowLeft")),
        (STEP, ("ArrowLeft", "ArrowRight")),
    ):
        lab.slider(name).focus()
        acts = [functools.partial(lab.page.keyboard.press, key) for key in keys * 15]
        measured.times(f"freeze-lab page: {name}, key to paint", lab.paint_times("keydown", acts), _PAINT)
    lab.button("Guess again").click()
    x, y = lab.height(0.5)
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    acts = [functools.partial(lab.page.mouse.move, x, y + 3 * (number % 20)) for number in range(30)]
    measured.times("freeze-lab page: dragged guess, move to paint", lab.paint_times("pointermove", acts), _PAINT)
    lab.page.mouse.up()


def test_a_thousand_replays_leave_memory_flat(lab, measured):
    lab.reveal()

    def replay(times):
        lab.slider(STEP).evaluate(
            """(range, times) => { for (let i = 0; i < times; i++) {
                range.value = String(i % 12);
                range.dispatchEvent(new Event("input"));
            } }""",
            times,
        )

    grown = lab.growth(replay)
    measured.growth("freeze-lab page: memory, a thousand replays", grown, f"{_FLAT} MB")
    assert grown < _FLAT


def test_with_less_motion_the_reveal_does_not_play(open_lab):
    lab = open_lab(reduced_motion="reduce")
    lab.button("Reveal").press("Enter")
    assert lab.slider(STEP).get_attribute("aria-valuetext") == "step 112 of 112"
    bar = lab.root.locator(".kit-drift-bar").first
    assert bar.evaluate("bar => getComputedStyle(bar).transitionDuration") == "0s"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390, 360])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.guess_by_keyboard()
    lab.reveal()
    assert lab.faults() == ""
    lab.press(DEPTH, "ArrowRight", "ArrowRight")
    lab.press(RATE, "ArrowRight")
    lab.root.get_by_text("More settings").click()
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
    lab.root.get_by_text("More settings").click()
    lab.root.get_by_text("Share what you see").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"freeze-lab-{width}-{theme}.png")


@pytest.mark.parametrize(
    "how", [{"forced_colors": "active"}, {"color_scheme": "light"}], ids=["forced-colors", "zoomed"]
)
def test_with_forced_colours_and_at_200_percent(open_lab, how):
    lab = open_lab(width=700, height=400, **how)  # 1400 x 800 at 200 %
    lab.guess_by_keyboard(3)
    lab.reveal()
    assert lab.fits()


def test_the_server_needs_nothing_but_files(site):
    address = f"{site}/freeze-lab/"
    html = urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address).read().decode()
    assert "http" not in html.replace("http-equiv", "")
    assert all(
        later > earlier for earlier, later in pairwise(html.find(part) for part in ("<title>", "lab.css", "lab.js"))
    )
