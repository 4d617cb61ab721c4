"""The rank slider as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from rank_slider_page import RankSliderOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(RankSliderOnPage)


def test_by_keyboard_alone(lab):
    lab.says("^Which is the smallest rank")
    lab.press("Rank", "End")
    lab.shows("Rank", "full")
    lab.press("Rank", "ArrowLeft")
    lab.shows("Rank", "64")
    lab.guess(4)
    lab.says(r"^You say 4\. Reveal")
    lab.button("Reveal").press("Enter")
    lab.says(r"full fine-tuning has \d+%\. (As you said|You said 4)\.$")
    lab.button("Guess again").press("Enter")
    lab.says("^Which is the smallest rank")


def test_a_cell_of_the_map_is_opened_by_mouse_and_the_sliders_follow(lab):
    lab.root.get_by_role("button", name="rank 16, rate 3e-3: not revealed yet").click()
    lab.shows("Rank", "16")
    lab.shows("Learning rate", "3e-3")
    lab.button("Reveal").click()
    assert lab.root.get_by_role("button", name="rank 16, rate 3e-3: target").count() == 1
    assert lab.root.get_by_role("button", name="not recorded").count() == 8  # one rate for each rank and for full


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.guess(2)
    lab.button("Reveal").click()
    words = lab.root.locator(".kit-result").text_content()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/rank-slider/"))
    assert other.root.locator(".kit-result").text_content() == words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.guess(8)
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"rank-slider-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
