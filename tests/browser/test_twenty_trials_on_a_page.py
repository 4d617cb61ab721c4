"""The lab twenty trials as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from playwright.sync_api import expect
from twenty_trials_page import TwentyTrialsOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(TwentyTrialsOnPage)


def test_by_keyboard_alone(lab):
    lab.says(r"^Set the six hyperparameters, and try\.$")
    expect(lab.button("Reveal")).to_be_disabled()
    lab.press("Learning rate", "ArrowRight")
    lab.choose("Batch size", "8")
    lab.choose("Blocks that learn", "all four")
    lab.try_it()
    lab.says(r"^Trial 1 of 20: \d+%\. Your best so far\.$")
    lab.press("Learning rate", "End")
    lab.try_it()
    lab.says("^Trial 2 of 20: .* Your best is still")
    lab.button("Back to my best").press("Enter")
    lab.shows("Learning rate", "1.7e-3")
    lab.guess(70)
    lab.button("Reveal").press("Enter")
    lab.says(r"Your winner had [\d.]+% in the search, and [\d.]+% when it was trained again.*you guessed 70%")
    expect(lab.button("Try it")).to_be_disabled()
    lab.button("Begin again").press("Enter")
    lab.says("^Set the six")


def test_the_budget_ends_after_twenty(lab):
    lab.try_it(20)
    lab.says("The budget is spent")
    expect(lab.button("Try it")).to_be_disabled()
    assert lab.root.locator(".trials-dot").count() == 20


def test_another_task_begins_again(lab):
    lab.try_it(2)
    lab.choose("Task", "photo-textures")
    lab.says("^Set the six")
    assert lab.root.locator(".trials-dot").count() == 0


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.try_it(3)
    lab.button("Reveal").click()
    words = lab.root.locator(".kit-result").text_content()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/twenty-trials/"))
    assert other.root.locator(".kit-result").text_content() == words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    for move in ("ArrowLeft", "ArrowLeft", "Home", "End"):
        lab.try_it()
        lab.press("Learning rate", move)
    lab.guess(80)
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"twenty-trials-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
