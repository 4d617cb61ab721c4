"""The report of a search in a browser: both themes, and a phone."""

import os
from pathlib import Path
from typing import Any

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from adapted_folders import write_drawings
from axe_playwright_python.sync_playwright import Axe

from course_utils.adapting import tune
from course_utils.adapting.folder_tuning import FolderTuning

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a search whose runs take no time: a loss depends on the rate alone."""
    place = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FolderTuning, "_trial", lambda self, trial, settings: settings.learning_rate)
        patch.setattr(FolderTuning, "_again", lambda self, settings, seed: (settings.learning_rate, 1.0, 0.5))
        tune(write_drawings(place / "drawings"), place / "out", trials=12, backbone="embedded", image_size=32)
    return place / "out" / "tuning_report.html"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 390])
def test_axe_finds_no_fault_and_the_report_fits(browser: Any, report: Path, width: int, theme: str) -> None:
    shown = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    shown.goto(report.as_uri())
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert shown.get_by_role("img").count() >= 1
    shown.close()
