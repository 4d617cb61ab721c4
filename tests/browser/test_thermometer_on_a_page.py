"""The forgetting thermometer as ``course labs export`` writes it: no kernel, no other address."""

import functools
import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from playwright.sync_api import expect
from thermometer_page import END, GUESS, SEED, STEP, ThermometerOnPage

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_FLAT = 20  # megabytes
# The words of every state between now and the end of the game.
_SAID = """(root) => { const said = (window.said = []);
    new MutationObserver(() => said.push(root.querySelector(".kit-result").textContent))
        .observe(root.querySelector(".kit-picture"), { subtree: true, childList: true, attributes: true }); }"""


open_lab, lab = on_page(ThermometerOnPage)


def stop_at(lab, step):
    """Play, and press the key when the run gets there."""
    lab.play.press("Enter")
    expect(lab.play).to_have_text("■ Stop")
    expect(lab.root.locator(".kit-gauge-note")).to_have_text(f"at step {step}")
    lab.page.keyboard.press(" ")


def test_it_is_ready_within_a_second_and_opens_on_a_question_whose_answer_it_keeps(open_lab, measured):
    times = []
    for _ in range(5):
        lab = open_lab()
        times.append(lab.page.evaluate("performance.now()"))
    measured.times("forgetting-thermometer page: ready, from a local server", times, "1000 ms")
    lab.says("^Press Play and stop in time, or drag the flag to where you would stop")
    lab.says("^LoRA · learning rate 1e-2 · 112 steps · seed 4 · red below 87%$")
    lab.reads("96%, before the run")
    assert lab.lines() == ["recorded target"]
    assert lab.root.get_by_text("in the red", exact=True).count() == 0


def test_it_fits_a_laptop_without_scrolling(lab):
    lab.press(GUESS, "End")
    lab.reveal()
    assert lab.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_played_and_stopped_in_time_by_keyboard(lab):
    lab.root.evaluate(_SAID)
    stop_at(lab, 40)
    lab.says("^First in the red at step 60. You stopped at step 40, and no green moment is more than a point better")
    lab.shows(STEP, END)
    lab.reads("71%, in the red")
    assert set(lab.page.evaluate("window.said")) >= {
        "Stop it before the source is in the red: press Stop or the space bar."
    }
    assert not any("first in the red" in said.lower() for said in lab.page.evaluate("window.said")[:10])
    expect(lab.button("Guess again")).to_be_focused()


def test_stopped_too_late_by_mouse_and_tried_again(lab):
    lab.play.click()
    lab.reads("85%, in the red")  # the thermometer has fallen below its mark
    lab.play.click()
    lab.says(r"^First in the red at step 60\. You stopped at step [67]0, in the red; the best green moment, step 40")
    lab.says("best in the green: 88%")
    lab.shows(STEP, END)
    lab.button("Guess again").click()
    lab.says("^Press Play and stop in time")
    lab.reads("96%, before the run")
    assert lab.lines() == ["recorded target"]


def test_a_run_that_nobody_stops_is_judged_as_well(lab):
    lab.choose("WiSE-FT")  # the shortest
    lab.play.click()
    lab.says("^Stop it before the source is in the red")
    lab.says(r"^First in the red at 50% of the way\. The best green moment is 25% of the way: target 84%\.$")
    expect(lab.button("Guess again")).to_be_visible()


def test_the_flag_by_keyboard_says_what_the_target_would_have(lab):
    lab.press(GUESS, "Home")
    lab.shows(GUESS, "I stop at step 10")
    lab.says("^You would stop at step 10, with the target at 80%. Is the source still in the green")
    lab.reads("96%, before the run")
    lab.press(GUESS, "ArrowRight")
    lab.shows(GUESS, "I stop at step 20")
    lab.reveal()
    lab.says("You stopped at step 20; the best green moment, step 40, came 20 steps later: target 88%, 2 points more")
    expect(lab.slider(GUESS)).to_be_disabled()
    lab.press(STEP, "Home")
    lab.says("^At step 10: target 80%, source 96%, in the green")


def test_the_flag_by_mouse_and_the_whole_run_by_reveal(lab):
    lab.drag(lab.root.locator(".kit-step-guess"), lab.place(81))
    lab.shows(GUESS, "I stop at step 80")
    lab.button("Reveal").click()
    lab.says("You stopped at step 80, in the red")
    lab.button("Play").click()
    lab.shows(STEP, END)


def test_by_finger(open_lab):
    lab = open_lab(width=390, height=844, has_touch=True, is_mobile=True)
    flag = lab.root.locator(".kit-step-guess")
    flag.scroll_into_view_if_needed()
    lab.drag_by_finger(flag, (lab.place(30)[0], flag.bounding_box()["y"] + 10))
    lab.shows(GUESS, "I stop at step 30")
    lab.button("Reveal").tap()
    lab.says("You stopped at step 30; the best green moment, step 40, came 10 steps later")
    lab.button("Guess again").tap()
    lab.play.tap()
    lab.says("^Stop it before the source is in the red")
    lab.play.tap()
    lab.says("You stopped at step [1-9]0")


def test_tab_reaches_everything_in_order_and_the_focus_is_visible(lab):
    names = lab.tab_order(lab.root.get_by_role("radio", name="LoRA"), 8)
    assert names[1:4] == ["Learning rate, typed", "Learning rate", SEED]
    assert names[4:6] == [None, None]  # the link, and the folded part
    lab.page.evaluate("document.activeElement.blur()")
    before = lab.root.screenshot()
    for control in (lab.play, lab.slider(GUESS), lab.button("Reveal"), lab.slider("Learning rate")):
        control.focus()
        lab.page.keyboard.press("Shift")  # so that the browser shows the focus as it does for a keyboard
        assert lab.root.screenshot() != before


def test_another_method_is_another_round_with_the_last_run_as_its_ghost(lab):
    lab.press(GUESS, "Home")
    lab.reveal()
    lab.choose("freezing")
    lab.shows("Blocks that learn", "blocks that learn 2")
    lab.says("^Press Play")
    lab.shows(GUESS, "no guess yet")
    lab.press("Blocks that learn", "End")
    lab.shows("Blocks that learn", "blocks that learn 3")
    lab.reveal()
    assert lab.lines() == ["ghost target", "ghost source", "recorded target", "recorded source"]
    lab.says("^before: LoRA 1e-2$")


def test_runs_without_a_crossing_have_honest_sentences(lab):
    lab.choose("freezing")
    lab.press("Blocks that learn", "Home")
    lab.press(GUESS, "Home")
    lab.reveal()
    lab.says(r"^It is never in the red\.")
    lab.choose("plain")
    lab.reveal()
    lab.says(r"^It is in the red at every measurement: there is no good moment\. Choose another setting\.$")
    lab.choose("rehearsal")
    lab.reveal("step 128 of 128")
    lab.says(r"^In the red at the first measurement already, and first in the green at step 50\.")


def test_a_setting_that_was_not_recorded_says_so(lab):
    lab.root.get_by_role("spinbutton", name=SEED).fill("50")
    lab.root.get_by_role("spinbutton", name=SEED).press("Enter")
    lab.says("^This setting was not recorded. The lesson runs it for real")
    expect(lab.play).to_be_disabled()
    link = lab.root.get_by_role("link", name="Run it for real in the lesson")
    assert link.get_attribute("href").endswith("05_catastrophic_forgetting.html")


def test_ten_clicks_and_a_setting_changed_while_it_plays_do_no_harm(lab):
    for _ in range(10):
        lab.root.locator(".thermometer-buttons button").first.click()
    lab.play.or_(lab.button("Guess again")).first.wait_for()
    lab.choose("plain")
    lab.choose("LoRA")
    lab.says("^Press Play and stop in time")
    lab.play.click()
    lab.choose("EWC")
    lab.says("^Press Play and stop in time")
    lab.reads("96%, before the run")


def test_the_curves_are_read_by_keyboard(lab):
    lab.reveal()
    lab.press("Read the curves, step by step", "Home")
    lab.shows("Read the curves, step by step", "step 10: target 80%, source 96%")


def test_a_link_shows_the_same_and_a_damaged_one_says_why(open_lab, site):
    address = f"{site}/forgetting-thermometer/"
    lab = open_lab()
    lab.press(GUESS, "Home")
    lab.reveal()
    link = lab.shared_link()
    assert link.startswith(
        f"{address}#forgetting-thermometer.2?method=lora&value=0.01&seed=4&guess=10&revealed=1&step=112"
    )
    other = open_lab(link.removeprefix(address))
    other.says("You stopped at step 10")
    other.shows(STEP, END)
    damaged = open_lab(link.removeprefix(address)[:-3])
    damaged.says("This link is damaged")
    damaged.says("^Press Play and stop in time")


def test_input_is_painted_at_once(lab, measured):
    for what, name, keys in (
        ("flag", GUESS, ("ArrowLeft", "ArrowRight")),
        ("dial", "Learning rate", ("ArrowLeft", "ArrowRight")),
    ):
        lab.slider(name).focus()
        acts = [functools.partial(lab.page.keyboard.press, key) for key in keys * 15]
        measured.times(f"forgetting-thermometer page: {what}, key to paint", lab.paint_times("keydown", acts), _PAINT)
    lab.reveal()
    lab.slider(STEP).focus()
    acts = [functools.partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    measured.times("forgetting-thermometer page: replay, key to paint", lab.paint_times("keydown", acts), _PAINT)


def test_a_thousand_replays_leave_memory_flat(lab, measured):
    lab.reveal()

    def replay(times):
        lab.slider(STEP).evaluate(
            """(range, times) => { for (let i = 0; i < times; i++) {
            range.value = String(i % 12); range.dispatchEvent(new Event("input")); } }""",
            times,
        )

    grown = lab.growth(replay)
    measured.growth("forgetting-thermometer page: memory, a thousand replays", grown, f"{_FLAT} MB")
    assert grown < _FLAT


def test_with_less_motion_the_reveal_is_there_at_once_and_the_game_is_still_a_game(open_lab):
    lab = open_lab(reduced_motion="reduce")
    stop_at(lab, 20)
    assert lab.slider(STEP).get_attribute("aria-valuetext") == END
    lab.says("You stopped at step 20;")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390, 360])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.press(GUESS, "End", "ArrowLeft")
    lab.reveal()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"forgetting-thermometer-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []


@pytest.mark.parametrize(
    "how", [{"forced_colors": "active"}, {"color_scheme": "light"}], ids=["forced-colors", "zoomed"]
)
def test_with_forced_colours_and_at_200_percent(open_lab, how):
    lab = open_lab(width=700, height=400, **how)  # 1400 x 800 at 200 %
    lab.press(GUESS, "Home")
    lab.reveal()
    lab.says("^First in the red at step 60")
    assert lab.fits()
