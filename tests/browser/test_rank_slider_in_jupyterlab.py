"""The rank slider in a real JupyterLab: its traits follow the page, and the page follows them."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from rank_slider_page import RankSliderInNotebook

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(RankSliderInNotebook)


def test_a_guess_and_the_reveal_reach_the_kernel(lab):
    lab.guess(16)
    lab.button("Reveal").press("Enter")
    lab.says("full fine-tuning has")
    assert lab.asks("print(lab.guess, lab.revealed, lab.rank, lab.task)") == "16 True 8 scans"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.revealed, lab.rank = True, 0")
    lab.shows("Rank", "full")
    assert "Choose one from its controls" in lab.asks("lab.rank = 3")
