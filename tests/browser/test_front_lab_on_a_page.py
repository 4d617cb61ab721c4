"""The front as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from front_lab_page import FrontLabOnPage
from lab_fixtures import on_page

pytestmark = pytest.mark.browser

open_lab, lab = on_page(FrontLabOnPage)


def test_it_opens_on_a_question_with_plain_alone(lab):
    lab.says(r"^Where does rehearsal 12% at 3e-4 land\? Plain is drawn\. Plant your flag\.$")
    assert lab.points() == 5
    assert lab.root.locator(".front-chosen").count() == 0


def test_by_keyboard_alone(lab):
    lab.plant()
    lab.says("^You expect rehearsal 12% at 3e-4 at 51% of the source and 80% of the target")
    lab.button("Reveal").press("Enter")
    lab.says(r"^rehearsal 12% at 3e-4 keeps 9\d\.\d% of the source .* Your flag: source \d+ points too low")
    assert lab.points() == 42
    lab.press("Learning rate", "End")
    lab.says(r"^rehearsal 12% at 1e-3 keeps 8\d\.\d%")
    lab.press("Demand: source at least", "End")
    lab.says("^No setting that was measured meets both demands")
    lab.press("Demand: source at least", "Home")
    lab.button("Show the cheapest").press("Enter")
    lab.says("meets both demands, and none of the .* costs less")
    lab.button("Guess again").press("Enter")
    lab.says(r"^Where does rehearsal 12% at 3e-4 land\?")


def test_by_mouse_the_flag_is_planted_and_the_demands_are_dragged(lab):
    surface = lab.root.locator(".front-surface")
    box = surface.bounding_box()
    surface.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    lab.says("at 50% of the source and 81% of the target")
    assert lab.root.locator(".kit-chart .kit-flag").count() == 1
    lab.button("Reveal").click()
    surface.click(position={"x": box["width"] - 2, "y": box["height"] / 2})
    lab.says("^No setting that was measured meets both demands")


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.plant()
    lab.button("Reveal").click()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/front-lab/"))
    other.says(r"^rehearsal 12% at 3e-4 keeps 9\d\.\d% .* Your flag")
    assert other.points() == 42


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 900, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.plant()
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"front-lab-{width}-{theme}.png")
    lab.root.get_by_text("Run one for real").click()
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
