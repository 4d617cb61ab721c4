"""The lab twenty trials in a real JupyterLab: its traits follow the page, and the page follows them."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from twenty_trials_page import TwentyTrialsInNotebook

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(TwentyTrialsInNotebook)


def test_trials_and_the_reveal_reach_the_kernel(lab):
    lab.try_it(2)
    lab.says("^Trial 2 of 20")
    lab.guess(75)
    lab.button("Reveal").press("Enter")
    lab.says("trained again")
    assert lab.asks("print(len(lab.tried), lab.guess, lab.revealed, lab.task)") == "2 75 True scans"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.revealed, lab.tried = False, [0]")
    lab.says("^Trial 1 of 20")
    assert "Choose one from its controls" in lab.asks("lab.blocks = 3")
