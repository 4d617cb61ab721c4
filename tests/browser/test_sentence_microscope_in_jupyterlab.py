"""The sentence microscope in a real JupyterLab: its controls are traits, and a sentence of one's own is looked at live.

What needs no kernel is tested on the exported page.
"""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from notebook import KERNEL
from playwright.sync_api import expect
from sentence_microscope_page import SentenceMicroscopeInNotebook

from course_utils.backbones import is_here

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(SentenceMicroscopeInNotebook)


def test_what_the_page_changes_is_in_the_traits_and_back(lab):
    lab.says(r"^25 labelled messages: from which desk is the nearest\? Guess\.$")
    lab.guess("login")
    lab.button("Reveal").press("Enter")
    lab.says("^Nearest in layer 6")
    assert lab.asks("print(lab.sentence, lab.layer, lab.labels, lab.guess, lab.revealed)") == "2 6 5 login True"
    lab.asks("lab.layer = 0")
    lab.says("^Nearest in layer 0")
    assert "Choose one from its controls" in lab.asks("lab.labels = 3")


def test_a_sentence_of_ones_own_is_looked_at_by_the_kernel(lab):
    if not is_here("minilm"):
        pytest.skip("minilm is not on this computer: course models fetch minilm")
    field = lab.root.get_by_role("textbox", name="Your own sentence")
    field.fill("")
    lab.button("Look at it").click()
    expect(lab.root.get_by_role("alert")).to_have_text("Write a sentence first.")
    field.fill("Where is my kettle?")
    field.press("Enter")
    expect(lab.root.locator(".sentence-token span")).to_have_text(
        ["[CLS]", "where", "is", "my", "kettle", "?", "[SEP]"], timeout=KERNEL
    )
    lab.says("^25 labelled messages")
    assert lab.asks("print(lab.sentence)") == "own"
