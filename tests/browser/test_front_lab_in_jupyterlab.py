"""The front in a real JupyterLab: its traits follow the page, and the page follows them."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from front_lab_page import FrontLabInNotebook
from lab_fixtures import in_jupyterlab

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(FrontLabInNotebook)


def test_a_flag_and_the_reveal_reach_the_kernel(lab):
    lab.plant()
    lab.button("Reveal").press("Enter")
    lab.says(r"^rehearsal 12% at 3e-4 keeps 9\d\.\d%")
    assert lab.asks("print(lab.guess, lab.revealed, lab.flagged)") == "(51, 80) True rehearsal/0.12/3e-4"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.revealed, lab.setting, lab.source, lab.target = True, 'ewc/100/3e-4', 90, 85")
    lab.says(r"^EWC 100 at 3e-4 keeps 8\d\.\d%")
    lab.says(r"misses source by \d\.?\d? points")
    assert "Choose one from its controls" in lab.asks("lab.setting = 'magic/1e-3'")
