"""The sentence microscope as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from sentence_microscope_page import SentenceMicroscopeOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(SentenceMicroscopeOnPage)


def test_by_keyboard_alone_guess_reveal_and_more_labels(lab):
    lab.says(r"^25 labelled messages: from which desk is the nearest\? Guess\.$")
    assert lab.button("Reveal").is_disabled()
    lab.guess("payment")
    lab.says("^You expect payment")
    lab.button("Reveal").press("Enter")
    lab.says(r"^Nearest in layer 6: a message for \w+\. You guessed payment\.|, as you guessed")
    assert lab.root.locator(".sentence-near li").count() == 3
    lab.press("Layer", "Home")
    lab.says("^Nearest in layer 0")
    lab.press("Labelled messages of each desk", "End")
    lab.says(r"layer 0 · \d+ tokens · 100 labelled messages")
    lab.button("Guess again").press("Enter")
    lab.says("^100 labelled messages")


def test_a_token_is_chosen_and_keeps_the_focus(lab):
    token = lab.root.locator(".sentence-token").nth(3)
    token.press("Enter")
    assert lab.root.locator(".sentence-token[aria-pressed=true]").count() == 1
    assert lab.root.locator(".sentence-token").nth(3).evaluate("at => at === document.activeElement")
    word = lab.root.locator(".sentence-token").nth(3).locator("span").inner_text()
    lab.says(f'"{word}" is most similar to')


def test_another_sentence_is_another_question(lab):
    lab.guess("website")
    lab.button("Reveal").click()
    lab.root.get_by_label("Sentence", exact=True).select_option("5")
    lab.says("^25 labelled messages")
    assert lab.root.locator(".sentence-token").count() == 6


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.guess("login")
    lab.button("Reveal").click()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/sentence-microscope/"))
    other.says("^Nearest in layer 6: a message for")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.guess("delivery")
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"sentence-microscope-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
