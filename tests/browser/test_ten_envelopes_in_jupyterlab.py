"""The lab ten envelopes in a real JupyterLab: its traits follow the page, and the page follows them."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from lab_fixtures import in_jupyterlab
from ten_envelopes_page import TenEnvelopesInNotebook

pytestmark = pytest.mark.browser

opened, lab = in_jupyterlab(TenEnvelopesInNotebook)


def test_limits_and_what_is_opened_reach_the_kernel(lab):
    lab.press("Not below, %", "ArrowRight")
    lab.open_one()
    lab.says("^Opened")
    assert lab.asks("print(lab.opened, lab.looking, lab.deal)") == "[51, 90] True 0"


def test_what_the_traits_change_is_on_the_page(lab):
    lab.asks("lab.looking, lab.opened = False, [40, 80, 30, 70]")
    lab.says("Envelope 3 of 10")
    assert "Choose one from its controls" in lab.asks("lab.deal = 50")
