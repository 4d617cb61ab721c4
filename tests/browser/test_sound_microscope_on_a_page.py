"""The sound microscope as ``course labs export`` writes it: no kernel, no other address."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import on_page
from sound_microscope_page import SoundMicroscopeOnPage

pytestmark = pytest.mark.browser

open_lab, lab = on_page(SoundMicroscopeOnPage)

# Counts what is played, since a test can't listen: seconds of each sound, and its loudest sample.
_LISTEN = """() => {
  window.played = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...given) {
    const samples = this.buffer.getChannelData(0);
    window.played.push([this.buffer.duration, Math.max(...samples.map(Math.abs))]);
    return start.apply(this, given);
  };
}"""


def test_by_keyboard_alone_guess_reveal_and_move_through_the_layers(lab):
    lab.says(r'^"ee" of voice 07: what does the nearest sound share with it, in block4\? Guess\.$')
    assert lab.button("Reveal").is_disabled()
    lab.choose("the same voice")
    lab.says("^You expect the same voice")
    lab.button("Reveal").press("Enter")
    lab.says(r'^Nearest in block4: "\w\w" of voice \d\d, ')
    assert lab.root.locator(".sound-near li").count() == 3
    lab.press("Compared in", "Home")
    lab.says("^Nearest in log-mel: ")
    assert lab.root.locator(".sound-table th[aria-current=true]").inner_text() == "log-mel"
    lab.button("Guess again").press("Enter")
    lab.says(r"in log-mel\? Guess\.$")


def test_another_sound_is_another_question_with_another_picture(lab):
    picture = lab.root.locator(".sound-picture")
    before = picture.get_attribute("aria-label")
    lab.choose("neither")
    lab.button("Reveal").click()
    lab.choose("oo")
    lab.says('^"oo" of voice 07')
    assert picture.get_attribute("aria-label") != before
    mask = lab.root.locator(".sound-shades").evaluate("at => getComputedStyle(at).maskImage")
    assert mask.startswith('url("data:image/png')


def test_a_sound_and_its_neighbours_can_be_played(lab):
    lab.page.evaluate(_LISTEN)
    lab.button('Play "ee", voice 07').press("Enter")
    lab.choose("the same vowel")
    lab.button("Reveal").click()
    lab.root.locator(".sound-near button").first.click()
    played = lab.page.evaluate("window.played")
    assert len(played) == 2
    assert all(0.2 < seconds < 1 and 0.4 < peak <= 0.5 for seconds, peak in played)


def test_a_link_shows_the_same(open_lab, site):
    lab = open_lab()
    lab.choose("ah")
    lab.choose("the same vowel")
    lab.button("Reveal").click()
    other = open_lab(lab.shared_link().removeprefix(f"{site}/sound-microscope/"))
    other.says("^Nearest in block4: ")
    assert other.root.get_by_role("radio", name="ah", exact=True).is_checked()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 360])
def test_axe_finds_no_fault_nothing_overflows_and_a_picture_is_taken(open_lab, theme, width, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    lab = open_lab(width=width, color_scheme=theme)
    assert lab.faults() == ""
    lab.choose("the same vowel")
    lab.button("Reveal").click()
    lab.page.mouse.move(0, 0)
    lab.screenshot(shots / f"sound-microscope-{width}-{theme}.png")
    lab.root.get_by_text("Share what you see").click()
    assert lab.faults() == ""
    assert lab.fits()
    assert lab.small_texts() == []
