"""The two levers in a real JupyterLab: their controls are traits, and a question of one's own is answered live.

What needs no kernel is tested on the exported page.
"""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from notebook import KERNEL
from playwright.sync_api import expect
from two_levers_page import TwoLeversInNotebook

from course_utils.backbones import is_here

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(TwoLeversInNotebook)


def test_what_the_page_changes_is_in_the_traits_and_back(lab):
    lab.says(r"What will the answer be like\? Guess\.$")
    lab.choose("tuned")
    lab.choose("neither")
    lab.button("Reveal").press("Enter")
    lab.says("^The answer is")
    assert (
        lab.asks("print(lab.question, lab.voice, lab.facts, lab.guess, lab.revealed)") == "0 adapter none neither True"
    )
    lab.asks("lab.facts = 'retrieved'")
    lab.says("voice tuned · facts looked up")
    assert "Choose one from its controls" in lab.asks("lab.voice = 'loud'")


def test_a_question_of_ones_own_is_answered_by_the_kernel(lab):
    field = lab.root.get_by_role("textbox", name="Your own question")
    field.fill("")
    lab.button("Ask it").click()
    expect(lab.root.get_by_role("alert")).to_have_text("Write a question first.")
    if not (is_here("minilm") and is_here("smollm2_135m")):
        pytest.skip("smollm2_135m or minilm is not on this computer: course models fetch smollm2_135m minilm")
    field.fill("In which room is the ladder?")
    field.press("Enter")
    expect(lab.root.locator(".kit-result")).to_contain_text("you have to look up yourself", timeout=2 * KERNEL)
    assert lab.asks("print(lab.question)") == "own"
