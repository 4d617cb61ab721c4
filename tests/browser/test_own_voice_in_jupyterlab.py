"""One's own voice in a real JupyterLab: the page records, the kernel keeps the takes and learns from them."""

import os
import re

import numpy as np
import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from notebook import KERNEL
from own_voice_page import OwnVoiceLab
from playwright.sync_api import expect

from course_utils.data.sounds import as_wav

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(OwnVoiceLab)


def test_two_rounds_are_recorded_and_kept(lab):
    expect(lab.button("Teach it")).to_be_disabled()
    lab.record_round()
    lab.says("^2 takes. Record another round")
    lab.record_round()
    lab.says("^4 takes. Teach it now")
    kept = "from pathlib import Path; print(sorted(str(p) for p in Path('my_voice').rglob('*.wav')))"
    assert re.findall(r"my_voice/(\w+)/take_00(\d)", lab.asks(kept)) == [
        ("no", "1"),
        ("no", "2"),
        ("yes", "1"),
        ("yes", "2"),
    ]


def test_it_learns_listens_and_counts(lab):
    lab.button("Teach it").click()
    expect(lab.root.locator(".kit-result")).to_contain_text("Learned in", timeout=2 * KERNEL)
    lab.root.get_by_role("radio", name="somebody else").press("Space")
    lab.button("Say a word").click()
    lab.says("^Heard: ")
    expect(lab.button("yes")).to_be_focused()
    lab.button("none of these").press("Enter")
    lab.says(r'^It was "none of these". Somebody else: .*0 of 1')


def test_files_are_added_and_takes_removed(lab, tmp_path):
    sound, text = tmp_path / "mine.wav", tmp_path / "notes.wav"
    sound.write_bytes(as_wav(0.3 * np.sin(np.arange(16_000) / 5)))
    text.write_text("no sound")
    lab.root.get_by_label('Add sound files of "no"').set_input_files([sound, text])
    expect(lab.root.get_by_role("alert")).to_contain_text("notes.wav is no sound file")
    assert (lab.takes("yes"), lab.takes("no")) == (2, 3)
    lab.says("^5 takes, some of them new. Teach it again")
    lab.button('Play "no", take 3').press("Enter")
    lab.button('Remove "no", take 3').press("Enter")
    lab.says("^4 takes")


def test_a_word_recorded_by_keyboard_leaves_the_keyboard_where_it_was(lab):
    button = lab.button('Record "yes"')
    button.press("Enter")
    lab.button("Stop").wait_for()
    lab.says("^5 takes")
    expect(button).to_be_focused()
    lab.button('Remove "yes", take 3').press("Enter")
    lab.says("^4 takes")


def test_a_round_that_is_stopped_keeps_what_was_whole(lab):
    lab.button("Record a round").click()
    lab.button("Stop").click()
    lab.says("^4 takes")
    expect(lab.button("Record a round")).to_be_enabled()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_and_a_picture_is_taken(lab, theme, request, tmp_path):
    lab.turns(theme)
    assert lab.faults() == ""
    assert lab.small_texts() == []
    lab.screenshot((request.config.getoption("shots") or tmp_path) / f"own-voice-{theme}.png")


def test_without_a_microphone_it_says_so_and_the_files_are_left(lab):
    lab.page.context.clear_permissions()
    lab.button("Record a round").click()
    expect(lab.root.get_by_role("alert")).to_contain_text("no microphone to offer (NotAllowedError)")
    expect(lab.root.get_by_label('Add sound files of "no"')).to_be_enabled()
    lab.page.context.grant_permissions(["microphone"])
    lab.record_round()
    expect(lab.root.locator(".kit-notice")).not_to_contain_text("no microphone")
