"""The form of a quick check by mouse, finger and keyboard, in both themes and at every width; no kernel is needed."""

import functools
import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from check_page import draw_checks
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SINGLE, MULTIPLE, NUMBER, ORDER, CURVE = ALL = ("02.q3", "02.q6", "02.q1", "03.q11", "05.q3")


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))


@pytest.fixture
def draw(browser):
    """Return a function that draws questions on a page; an error in a console fails the test."""
    pages, complaints = [], []

    def draw(*ids, width=760, **how):
        page = browser.new_page(viewport={"width": width, "height": 800}, **how)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        pages.append(page)
        return draw_checks(page, ids)

    yield draw
    for page in pages:
        page.close()
    assert complaints == []


def test_a_click_on_a_choices_text_chooses_it_and_the_card_turns(draw):
    (card,) = draw(SINGLE)
    expect(card.root).to_have_attribute("data-tone", "open")
    card.choice("a").click()
    card.press()
    card.turns("bad", "✗Not yet. Frozen and inference mode are two switches.")
    assert card.root.get_by_text("Not answered yet").count() == 0
    expect(card.root.locator(".check-mark").nth(0)).to_have_text("✗")
    card.choice("b").click()
    expect(card.root).to_have_attribute("data-tone", "open")  # it is about another answer
    card.press()
    card.turns("good", "✓Right.")
    card.says("1 of 1 point")
    assert "Not yet" not in card.root.inner_text()


def test_a_finger_does_the_same(draw):
    (card,) = draw(SINGLE, width=390, has_touch=True, is_mobile=True)
    card.choice("b").tap()
    card.button("Check").tap()
    card.turns("good", "Right.")


def test_arrow_keys_choose_and_enter_answers(draw):
    (card,) = draw(SINGLE)
    first, second, *_ = card.inputs()
    first.focus()
    card.page.keyboard.press("Enter")
    card.turns("open", "Answer first, then check.")
    card.page.keyboard.press("Space")
    expect(first).to_be_checked()
    card.page.keyboard.press("ArrowDown")
    expect(second).to_be_checked()
    card.page.keyboard.press("Enter")
    card.turns("good", "Right.")
    expect(second).to_be_focused()


def test_several_are_ticked_by_keyboard(draw):
    (card,) = draw(MULTIPLE)
    keyboard = card.page.keyboard
    card.inputs()[0].focus()
    keyboard.press("Space")
    keyboard.press("Enter")
    card.turns("bad", "1 more choice belongs to the answer.")
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Space")
    keyboard.press("Enter")
    card.turns("good", "Right.")


def test_steps_are_taken_in_their_order_and_say_their_place(draw):
    (card,) = draw(ORDER)
    for letter in "dbeac":
        card.choice(letter).click()
    for letter, place in zip("dbeac", range(1, 6), strict=True):
        choice = card.root.get_by_role("checkbox").nth("abcde".index(letter))
        expect(choice).to_have_accessible_name(f"{letter}) {card.choice(letter).inner_text()} step {place}")
    card.inputs()[0].press("Enter")
    card.turns("good", "Right.")
    card.choice("d").click()
    expect(card.root.locator(".check-mark").nth(1)).to_have_text("step 1")  # those behind move up


@pytest.mark.parametrize(
    ("typed", "tone", "words"),
    [
        ("1,285", "good", "Right."),
        ("1285 %", "good", "Right."),
        ("1280", "bad", "Those are the weights between channels and classes."),
        ("many", "bad", "It could not be checked. The answer is one finite number"),
    ],
)
def test_a_number_is_typed_with_its_unit_beside_it(draw, typed, tone, words):
    (card,) = draw(NUMBER)
    expect(card.root.locator(".check-field")).to_contain_text("weights")
    field = card.root.get_by_role("textbox", name="Your number")
    field.fill(typed)
    field.press("Enter")
    card.turns(tone, words)


def test_a_curve_is_typed_and_drawn(draw):
    (card,) = draw(CURVE)
    for field, number in zip(card.inputs(), ("95", "90 %", "40,5", "x"), strict=True):
        field.fill(number)
    assert card.root.locator(".check-curve circle").count() == 3
    card.inputs()[-1].press("Enter")
    card.turns("bad", "The answer is a list of 4 numbers from 0 to 100")
    card.inputs()[-1].fill("1")
    card.inputs()[-1].press("Enter")
    card.turns("good", "Your curve falls.")


def test_tab_passes_through_the_card(draw):
    (card,) = draw(CURVE)
    assert card.tab_order(card.inputs()[0], 4) == ["1e-5%", "1e-4%", "1e-3%", "1e-2%"]
    expect(card.button("Check")).to_be_focused()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390, 360])
def test_axe_finds_no_fault_nothing_overflows_and_pictures_are_taken(draw, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    cards = draw(*ALL, width=width, color_scheme=theme)
    for card in cards:
        assert card.faults() == ""
    single, multiple, number, order, curve = cards
    single.choice("a").click()
    multiple.choice("a").click()
    multiple.choice("c").click()
    number.inputs()[0].fill("1280")
    for letter in "dbeac":
        order.choice(letter).click()
    for field, text in zip(curve.inputs(), ("95", "90", "40", "1"), strict=True):
        field.fill(text)
    for card, tone in zip(cards, ("bad", "good", "bad", "good", "good"), strict=True):
        card.press()
        expect(card.root).to_have_attribute("data-tone", tone)
        card.page.mouse.move(0, 0)
        assert card.faults() == ""
    page = single.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = """() => [...document.querySelectorAll(".course-check *")]
        .filter((at) => at.textContent.trim() && parseFloat(getComputedStyle(at).fontSize) < 12)
        .map((at) => at.textContent)"""
    assert page.evaluate(small) == []
    page.screenshot(path=shots / f"quick-checks-{width}-{theme}.png", full_page=True, animations="disabled")


def test_with_forced_colours_what_is_chosen_can_be_seen(draw):
    (card,) = draw(SINGLE, forced_colors="active")
    card.choice("a").click()
    widths = "choices => choices.map((choice) => getComputedStyle(choice).borderTopWidth)"
    chosen, *others = card.root.locator(".check-choice").evaluate_all(widths)
    assert chosen == "2px"
    assert set(others) == {"1px"}


def test_input_is_painted_at_once(draw, measured):
    (card,) = draw(SINGLE)
    card.inputs()[0].focus()
    acts = [functools.partial(card.page.keyboard.press, key) for key in ("ArrowDown", "ArrowUp") * 15]
    measured.times(
        "quick check: choice, key to paint", card.paint_times("keydown", acts), "median 20 ms, 95th percentile 50 ms"
    )
