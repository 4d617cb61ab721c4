"""The strategy map in a real JupyterLab: its traits follow the page, and the page follows them."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from strategy_map_page import StrategyMapInNotebook

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(StrategyMapInNotebook)


def test_a_choice_and_the_reveal_reach_the_kernel(lab):
    lab.choose("LP-FT")
    lab.button("Reveal").press("Enter")
    lab.says("LP-FT")
    assert lab.asks("print(lab.guess, lab.revealed, lab.labels)") == "LP-FT True 5"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.revealed, lab.labels, lab.head_start = True, 500, 70")
    lab.says("^Nobody knows")
    assert "Choose one from its controls" in lab.asks("lab.labels = 3")
