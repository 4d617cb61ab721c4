"""The strategy map as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from strategy_map_page import StrategyMapOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(StrategyMapOnPage)


def test_by_keyboard_alone(lab):
    lab.says(r"^With 5 labels per class and a head start of \+20 points: what would you do\?$")
    assert lab.root.locator(".strategy-table").is_hidden()
    lab.press("Labels per class", "ArrowRight")
    lab.says("^With 10 labels per class")
    lab.choose("from scratch")
    lab.says("^You choose from scratch")
    lab.button("Reveal").press("Enter")
    lab.says("Your choice, from scratch, is|from scratch wins there, as you said")
    assert lab.root.locator(".strategy-table tbody tr").count() == 6
    assert lab.root.locator(".strategy-advised").count() == 1
    lab.press("Labels per class", "End")
    lab.says("^Nobody knows")
    lab.button("Guess again").press("Enter")
    lab.says("^With 5 labels per class")


def test_a_cell_of_the_map_is_opened_by_mouse_and_the_sliders_follow(lab):
    lab.root.get_by_role("button", name="20 labels per class, head start +40: not revealed yet").click()
    lab.says(r"^With 20 labels per class and a head start of \+40 points")
    lab.shows("Labels per class", "20")
    lab.shows("Head start, points", "40")


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.choose("features, last block")
    lab.button("Reveal").click()
    words = lab.root.locator(".kit-result").text_content()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/strategy-map/"))
    assert other.root.locator(".kit-result").text_content() == words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.choose("LP-FT")
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"strategy-map-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
