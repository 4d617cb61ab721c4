"""The lab ten envelopes as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from playwright.sync_api import expect
from ten_envelopes_page import TenEnvelopesOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(TenEnvelopesOnPage)


def test_by_keyboard_alone(lab):
    lab.says("Be 90% sure")
    expect(lab.root.locator(".envelope-dot:visible")).to_have_count(0)
    lab.press("Not below, %", "ArrowRight", "ArrowRight")
    lab.shows("Not below, %", "52%")
    lab.press("Not above, %", "End")
    lab.open_one()
    lab.says(r"^Opened: \d+%\. Your limits, 52 to 100%, (held|missed it by)")
    expect(lab.root.locator(".envelope-dot:visible")).to_have_count(1)
    expect(lab.slider("Not below, %")).to_be_disabled()
    lab.button("Next envelope").press("Enter")
    lab.says("Envelope 2 of 10")
    lab.shows("Not below, %", "50%")


def test_a_limit_takes_the_other_along(lab):
    lab.press("Not below, %", "End")
    lab.shows("Not above, %", "100%")
    lab.press("Not above, %", "Home")
    lab.shows("Not below, %", "0%")


def test_after_ten_there_is_a_balance_and_others_can_be_dealt(lab):
    lab.open_all()
    lab.says("All ten are open")
    assert [table.locator("tbody tr").count() for table in lab.root.locator(".envelope-summary table").all()] == [3, 4]
    first = lab.root.locator(".envelope-facts").text_content()
    lab.button("Begin again").press("Enter")
    lab.says("Envelope 1 of 10")
    expect(lab.root.locator(".envelope-summary table")).to_have_count(0)
    assert lab.root.locator(".envelope-facts").text_content() != first


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.press("Not below, %", "ArrowRight")
    lab.open_one()
    words = lab.root.locator(".kit-result").text_content()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/ten-envelopes/"))
    assert other.root.locator(".kit-result").text_content() == words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.open_all()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"ten-envelopes-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
