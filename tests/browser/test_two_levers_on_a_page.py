"""The two levers as ``course labs export`` writes them: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from two_levers_page import TwoLeversOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(TwoLeversOnPage)


def test_by_keyboard_alone_guess_reveal_and_move_both_levers(lab):
    lab.says(r"What will the answer be like\? Guess\.$")
    assert lab.button("Reveal").is_disabled()
    lab.choose("neither")
    lab.says("^You expect: neither")
    lab.button("Reveal").press("Enter")
    lab.says(r"^The answer is .+(as you guessed\.|You guessed: neither\.)")
    assert lab.root.locator(".levers-passages li").count() == 0
    before = lab.root.locator(".levers-answer").inner_text()
    lab.choose("looked up")
    assert lab.root.locator(".levers-passages li").count() == 3
    lab.choose("tuned")
    lab.says("voice tuned · facts looked up")
    assert lab.root.locator(".levers-answer").inner_text() != before
    assert lab.root.locator(".levers-square [aria-current]").count() == 1
    lab.button("Guess again").press("Enter")
    lab.says(r"Guess\.$")
    assert lab.root.locator(".levers-square").is_hidden()


def test_another_question_hides_the_answer(lab):
    lab.choose("right and in the voice")
    lab.button("Reveal").click()
    lab.root.get_by_label("Question", exact=True).select_option("3")
    lab.says(r"What will the answer be like\? Guess\.$")
    assert lab.root.locator(".levers-answer").inner_text() == "Guess, then reveal the answer."


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.choose("tuned")
    lab.choose("in the voice, but wrong")
    lab.button("Reveal").click()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/two-levers/"))
    other.says("^The answer is")
    other.says("voice tuned · facts from the weights")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.choose("looked up")
    lab.choose("right, in another form")
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"two-levers-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
