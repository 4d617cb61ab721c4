"""The layer microscope as ``course labs export`` writes it: no kernel, no other address."""

import functools
import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from microscope_page import GUESS, READER, STEP, MicroscopeOnPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_FLAT = 20  # megabytes


open_lab, lab = on_page(MicroscopeOnPage)


def test_it_is_ready_within_a_second_and_opens_on_a_channel_that_answers(open_lab, measured):
    times = []
    for _ in range(5):
        lab = open_lab()
        times.append(lab.page.evaluate("performance.now()"))
    measured.times("microscope page: ready, from a local server", times, "1000 ms")
    lab.says("Where in your picture will channel 23 answer most")
    expect(lab.root.locator(".scope-favourites .kit-cut")).to_have_count(8)
    expect(lab.root.locator("canvas")).to_have_count(0)  # no answer is given away
    lab.reveal()
    expect(lab.root.locator(".scope-channels canvas")).to_have_count(12)


def test_it_fits_a_laptop_without_scrolling(lab):
    lab.guess_by_keyboard()
    lab.reveal()
    assert lab.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_by_keyboard_alone(lab):
    lab.guess_by_keyboard("ArrowUp", "ArrowRight")
    lab.shows(GUESS, "your flag, on the right")
    lab.says(r"^You expect channel 23 to answer most on the right\. Reveal it\.$")
    lab.reveal()
    expect(lab.button("Guess again")).to_be_focused()
    lab.says(r"^Channel 23 answers most in the centre; at your flag, 77% as much: close\.$")
    lab.press(READER, "Home")
    lab.shows(READER, re.compile(r"^Row 4, column 1 answers 0\.\d\d; it sees the outlined 13 . 19 pixels\.$"))
    assert lab.outline() == [0, 19, 41, 59]
    lab.picture(7).focus()
    lab.page.keyboard.press("ArrowRight")
    expect(lab.picture(8)).to_be_checked()
    lab.block("block2").focus()
    lab.page.keyboard.press("ArrowRight")
    lab.says("block3 · channel 64, one of 128")
    lab.channel(64).focus()
    lab.page.keyboard.press("ArrowLeft")
    lab.says("^Channel 72 ")
    lab.press(STEP, "Home")
    lab.shows(STEP, "step 1 of 64")


def test_by_mouse(lab):
    lab.page.mouse.click(*lab.point("shown", 0.55, 0.4))
    lab.shows(GUESS, "your flag, in the centre")
    lab.button("Reveal").click()
    lab.says("at your flag, 100% as much: you saw it coming")
    lab.page.mouse.move(*lab.point("answer", 0.05, 0.95))
    lab.reads(r"^Row 8, column 1 answers 0\.\d\d; it sees the outlined 13 . 10 pixels\.$")
    assert lab.outline() == [0, 69, 41, 31]
    lab.page.mouse.move(*lab.point("shown", 0.95, 0.05))
    lab.reads("^Row 1, column 8 answers")
    lab.page.mouse.move(0, 0)
    lab.reads("^Row 4, column 5 answers 3.0")
    lab.picture(1).click(force=True)
    lab.channel(59).click(force=True)
    lab.says("^Channel 59 answers most")
    lab.button("Channels before").click()
    lab.says("1.12 of 24")
    lab.says("^Channel 25 answers most")
    lab.block("block1").click(force=True)
    lab.says("block1 · channel 26, one of 32 · 16 . 16 positions, which see 7 . 7 pixels each")


def test_by_finger(open_lab):
    lab = open_lab(width=390, height=844, has_touch=True, is_mobile=True)
    square = lab.root.locator(".scope-shown .kit-units")
    square.scroll_into_view_if_needed()
    lab.drag_by_finger(square, lab.point("shown", 0.1, 0.9))
    lab.shows(GUESS, "your flag, at the bottom left")
    lab.button("Reveal").tap()
    lab.says(r"at your flag, \d+% as much: a miss")
    lab.page.touchscreen.tap(*lab.point("answer", 0.05, 0.05))
    lab.reads("^Row 1, column 1 answers")
    lab.channel(3).tap(force=True)
    lab.says("^Channel 3 answers most")


def test_a_drawing_is_played_frame_by_frame(lab):
    lab.shows(STEP, "step 64 of 64")
    lab.button("Play").click()
    lab.shows(STEP, "step 1 of 64")
    lab.shows(STEP, "step 64 of 64")
    lab.button("Back").click()
    lab.shows(STEP, "step 48 of 64")
    drawing = lab.root.get_by_role("img", name="A picture that excites channel 23 of block2, drawn in 48 steps.")
    expect(drawing).to_be_visible()
    lab.channel(3).check(force=True)
    lab.shows(STEP, "step 64 of 64")


def test_the_pixels_stay_sharp_in_every_square(lab):
    lab.reveal()
    for part in (".scope-shown img", ".scope-answer canvas", ".scope-drawn .kit-cut", ".scope-favourites .kit-cut"):
        picture = lab.root.locator(part).first
        assert picture.evaluate("at => getComputedStyle(at).imageRendering") == "pixelated", part
    size = "canvas => [canvas.width, canvas.height]"
    assert lab.root.locator(".scope-answer canvas").evaluate(size) == [8, 8]  # one pixel a unit


def test_guess_again_hides_the_answers(lab):
    lab.guess_by_keyboard()
    lab.reveal()
    lab.button("Guess again").click()
    lab.says("Where in your picture will channel 23 answer most")
    expect(lab.root.locator("canvas")).to_have_count(0)
    lab.shows(GUESS, "no guess yet")


def test_a_link_shows_the_same_and_a_damaged_one_says_why(open_lab, site):
    address = f"{site}/microscope/"
    lab = open_lab()
    lab.block("block3").check(force=True)
    lab.guess_by_keyboard("ArrowLeft")
    lab.reveal()
    link = lab.shared_link()
    assert link.startswith(f"{address}#microscope.2?network=embedded&picture=6&block=block3&")
    lab.page.wait_for_url(link)
    said = lab.root.locator(".kit-result").inner_text()
    other = open_lab(link.removeprefix(address))
    expect(other.root.locator(".kit-result")).to_have_text(said)
    damaged = open_lab(link.removeprefix(address)[:-3])
    damaged.says("This link is damaged")
    damaged.says("Where in your picture will channel 23 answer most")
    field = damaged.root.get_by_role("textbox", name="A link to go to")
    damaged.root.get_by_text("Share what you see").click()
    field.fill(link)
    field.press("Enter")
    damaged.says("Restored")
    expect(damaged.root.locator(".kit-result")).to_have_text(said)


def test_with_less_motion_nothing_plays(open_lab):
    lab = open_lab(reduced_motion="reduce")
    lab.reveal()
    canvas = lab.root.locator(".scope-answer canvas")
    assert canvas.evaluate("at => getComputedStyle(at).animationName") == "none"
    lab.press(STEP, "Home")
    lab.button("Play").click()
    assert lab.slider(STEP).get_attribute("aria-valuetext") == "step 64 of 64"


def test_input_is_painted_at_once(lab, measured):
    lab.reveal()
    for name in (READER, STEP):
        lab.slider(name).focus()
        acts = [functools.partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
        measured.times(f"microscope page: {name}, key to paint", lab.paint_times("keydown", acts), _PAINT)
    for what, radio in (("picture", lab.picture(7)), ("channel", lab.channel(23)), ("block", lab.block("block2"))):
        radio.focus()
        acts = [functools.partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
        measured.times(f"microscope page: {what}, key to paint", lab.paint_times("keydown", acts), _PAINT)
    x, y = lab.point("answer", 0.1, 0.5)
    lab.page.mouse.move(x, y)
    acts = [functools.partial(lab.page.mouse.move, x + 8 * (number % 25), y) for number in range(1, 31)]
    measured.times("microscope page: answer, move to paint", lab.paint_times("pointermove", acts), _PAINT)


def test_a_thousand_channels_leave_memory_flat(lab, measured):
    lab.reveal()

    def look(times):
        lab.root.evaluate(
            """(root, times) => { for (let i = 0; i < times; i++) {
                const radios = root.querySelectorAll(".scope-channels input");
                radios[i % radios.length].click();
            } }""",
            times,
        )

    grown = lab.growth(look)
    measured.growth("microscope page: memory, a thousand channels", grown, f"{_FLAT} MB")
    assert grown < _FLAT


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390, 360])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.guess_by_keyboard()
    lab.reveal()
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
    lab.root.get_by_text("Share what you see").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"microscope-{width}-{theme}.png")


@pytest.mark.parametrize(
    "how", [{"forced_colors": "active"}, {"color_scheme": "light"}], ids=["forced-colors", "zoomed"]
)
def test_with_forced_colours_and_at_200_percent(open_lab, how):
    lab = open_lab(width=700, height=400, **how)  # 1400 x 800 at 200 %
    lab.guess_by_keyboard()
    lab.reveal()
    assert lab.fits()
