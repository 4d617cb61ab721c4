"""The label-budget lab as ``course labs export`` writes it, on a plain static server: no kernel, no other address."""

import functools
import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from label_budget_page import GUESS, LABELS, READER, LabelBudgetOnPage
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_PAINT = "median 20 ms, 95th percentile 50 ms"
_RIGHT = "Scratch needs about 119 per class: one label is worth 24"


open_lab, lab = on_page(LabelBudgetOnPage)


def test_it_is_ready_within_a_second_and_opens_on_a_question(open_lab, measured):
    times = []
    for _ in range(5):
        lab = open_lab()
        times.append(lab.page.evaluate("performance.now()"))
    measured.times("label-budget page: ready, from a local server", times, "1000 ms")
    lab.says(r"Transfer reaches 97% with 5 labels per class\. How many does scratch need\?")
    assert lab.lines() == ["transfer"]
    assert lab.pictures() == [5] * 5


def test_it_fits_a_laptop_without_scrolling(lab):
    for task in ("shapes", "photo textures", "digits"):
        lab.task(task).check()
        lab.reveal()
        assert lab.page.evaluate("document.documentElement.scrollHeight <= innerHeight"), task


def test_by_keyboard_alone(lab):
    lab.press(LABELS, "Home")
    lab.shows(LABELS, "1 label per class")
    assert lab.pictures() == [1] * 5
    lab.press(LABELS, "ArrowRight")
    lab.guess_by_keyboard("Home", *["ArrowRight"] * 9)
    lab.shows(GUESS, "scratch reaches 97% with 10 labels per class")
    lab.says(r"You expect scratch to reach the same 97% with 10 labels per class\.")
    lab.reveal()
    lab.says(rf"^{_RIGHT}; your guess was 10: 12 times too few\.")
    assert lab.lines() == ["scratch", "transfer"]
    lab.press(LABELS, "ArrowLeft")
    lab.says(r"^Scratch needs about 44 per class: one label is worth 44\.")  # the guess was about another level
    lab.press(LABELS, "End")
    lab.says(r"^Scratch trails even with all 240 labels per class, 99% against 100%\.")
    assert lab.pictures() == [10] * 5
    expect(lab.root.get_by_text("+ 230 more").first).to_be_visible()
    lab.task("photo textures").focus()
    lab.page.keyboard.press("Space")
    lab.says("^Transfer reaches")
    lab.reveal()
    assert lab.lines() == ["tuned", "scratch", "transfer"]
    link = lab.root.get_by_role("link", name="Run it for real in the lesson")
    assert link.get_attribute("href").endswith("02_feature_extraction.html")


def test_tab_reaches_every_control_in_order_and_the_focus_is_visible(lab):
    order = lab.tab_order(lab.task("shapes"), 8)
    wanted = [f"{LABELS}, typed", LABELS, "Draw other pictures", READER, GUESS, "Reveal"]
    texts = {"shapes": None, "Draw other pictures": None, "Reveal": None}  # buttons have their text, not a label
    assert [name for name in order if name] == ["shapes", *(name for name in wanted if name not in texts)]
    for control in (lab.slider(LABELS), lab.slider(GUESS), lab.button("Draw other pictures"), lab.button("Reveal")):
        before = lab.root.screenshot()
        control.focus()
        lab.page.keyboard.press("Shift")  # so that the browser shows the focus as it does for a keyboard
        assert lab.root.screenshot() != before


def test_by_mouse_alone(lab):
    lab.drag(lab.root.locator(".kit-crossing"), lab.place(0.98))
    lab.shows(GUESS, "scratch never reaches 97% with up to 240 labels per class")
    lab.page.mouse.click(*lab.place(0.62))  # anywhere in the picture
    lab.says(r"with [56]\d labels per class\. Reveal it")
    lab.button("Reveal").click()
    lab.says(rf"^{_RIGHT}; your guess was \d\d: \d(\.\d)? times too few\.")
    expect(lab.root.locator(".budget-crossing")).to_have_text("119")
    expect(lab.root.locator(".kit-gap")).to_contain_text("times too few")
    lab.task("digits").check()
    lab.button("Draw other pictures").click()
    lab.says("seed 1 · with these pictures: transfer")
    lab.page.mouse.move(*lab.place(0.5))
    expect(lab.root.locator(".kit-tip")).to_contain_text(re.compile(r"\d+ labels? per class.*transfer \d+%"))


def test_by_finger(open_lab):
    lab = open_lab(width=390, height=844, has_touch=True, is_mobile=True)
    lab.root.locator(".kit-actions").scroll_into_view_if_needed()
    lab.drag_by_finger(lab.root.locator(".kit-crossing"), lab.place(0.3))
    expect(lab.slider(GUESS)).to_have_attribute("aria-valuetext", re.compile(r"with [4-9] labels per class"))
    lab.button("Reveal").tap()
    lab.says(r"your guess was \d: \d\d times too few")
    lab.button("Draw other pictures").tap()
    lab.says("seed 1")
    lab.root.get_by_text("digits", exact=True).tap()
    lab.has_pictures(50)


def test_the_pictures_are_those_of_the_draw(lab):
    first = lab.root.locator(".kit-sprite").first
    place = first.evaluate("at => getComputedStyle(at).backgroundPosition")
    lab.button("Draw other pictures").click()
    assert first.evaluate("at => getComputedStyle(at).backgroundPosition") != place
    for _ in range(4):
        lab.button("Draw other pictures").click()
    lab.says("seed 0")  # after the last draw comes the first
    assert first.evaluate("at => getComputedStyle(at).backgroundPosition") == place
    assert first.evaluate("at => getComputedStyle(at).backgroundImage").startswith('url("data:image/webp')
    assert lab.root.get_by_role("img", name="fish: 5 pictures to learn from").count() == 1


def test_the_curves_are_read_by_keyboard(lab):
    lab.reveal()
    lab.press(READER, "Home", "ArrowRight", "ArrowRight")
    lab.shows(READER, "20 labels per class: scratch 59%, transfer 99%")


def test_a_typed_number_goes_to_the_nearest_budget_and_says_so(lab):
    typed = lab.root.get_by_role("textbox", name=f"{LABELS}, typed")
    typed.fill("30")
    typed.press("Enter")
    lab.says("The nearest value that this slider has is 20")
    typed.fill("many")
    typed.press("Enter")
    lab.says('"many" is not a number')


def test_a_link_shows_the_same_and_a_damaged_one_says_why(open_lab, site):
    address = f"{site}/label-budget/"
    lab = open_lab()
    lab.task("digits").check()
    lab.press(LABELS, "End", "ArrowLeft")
    lab.guess_by_keyboard("End")
    lab.reveal()
    link = lab.shared_link()
    assert link.startswith(f"{address}#label-budget.2?task=digits&labels=20&")
    lab.page.wait_for_url(link)
    other = open_lab(link.removeprefix(address))
    other.says("your guess was never: it does get there")
    other.shows(LABELS, "20 labels per class")
    for wrong, says in ((link[:-3], "This link is damaged"), (link.replace("budget.2", "budget.9"), "damaged")):
        damaged = open_lab(wrong.removeprefix(address))
        damaged.says(says)
        damaged.says("How many does scratch need")


def test_guess_again_hides_the_curve_of_scratch(lab):
    lab.reveal()
    lab.button("Guess again").click()
    lab.says("How many does scratch need")
    assert lab.lines() == ["transfer"]
    assert "119" not in lab.root.inner_text()


def test_the_reveal_is_drawn_and_a_change_during_it_ends_it(lab):
    widths = "() => document.querySelector('.kit-tone-scratch .kit-stroke').getBBox().width"
    lab.button("Reveal").press("Enter")
    early = lab.page.evaluate(widths)
    lab.says(f"^{_RIGHT}")
    assert lab.page.evaluate(widths) > 2 * early
    lab.button("Guess again").click()
    lab.button("Reveal").press("Enter")
    lab.press(LABELS, "ArrowRight")
    lab.says("For scratch, 240 labels per class are not enough")


def test_with_less_motion_the_reveal_is_there_at_once(open_lab):
    lab = open_lab(reduced_motion="reduce")
    lab.button("Reveal").press("Enter")
    assert _RIGHT in lab.root.inner_text()


def test_input_is_painted_at_once(lab, measured):
    lab.reveal()
    lab.slider(LABELS).focus()
    acts = [functools.partial(lab.page.keyboard.press, key) for key in ("ArrowLeft", "ArrowRight") * 15]
    measured.times("label-budget page: labels, key to paint", lab.paint_times("keydown", acts), _PAINT)
    lab.button("Guess again").click()
    x, y = lab.place(0.5)
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    acts = [functools.partial(lab.page.mouse.move, x + 8 * (number % 20), y) for number in range(30)]
    measured.times("label-budget page: dragged guess, move to paint", lab.paint_times("pointermove", acts), _PAINT)
    lab.page.mouse.up()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390, 360])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.guess_by_keyboard()
    lab.reveal()
    for fold in ("Where the curves come from", "Share what you see"):
        lab.root.get_by_text(fold).click()
    assert lab.faults() == ""
    lab.says("course record probes-shapes")
    for fold in ("Where the curves come from", "Share what you see"):
        lab.root.get_by_text(fold).click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"label-budget-{width}-{theme}.png")
    lab.task("photo textures").check()
    lab.reveal()
    assert lab.fits()
    assert lab.small_texts() == []
    outside = """() => {
        const box = document.querySelector(".kit-chart").getBoundingClientRect();
        return [...document.querySelectorAll(".kit-chart text")]
            .map((at) => [at.textContent, at.getBoundingClientRect()])
            .filter(([, own]) => own.right > box.right + 1 || own.left < box.left - 1)
            .map(([text]) => text);
    }"""
    assert lab.page.evaluate(outside) == []


@pytest.mark.parametrize(
    "how", [{"forced_colors": "active"}, {"color_scheme": "light"}], ids=["forced-colors", "zoomed"]
)
def test_with_forced_colours_and_at_200_percent(open_lab, how):
    lab = open_lab(width=700, height=400, **how)  # 1400 x 800 at 200 %
    lab.guess_by_keyboard()
    lab.reveal()
    assert lab.fits()
