"""The certificate in a browser: both themes, a phone, and on paper."""

import os
from pathlib import Path
from typing import Any

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe

from course_utils.checkout import find_checkout
from course_utils.cli.certificate.certificate_page import page
from course_utils.cli.desk.desk_page import read_lessons

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of somebody who predicted three times in every lesson."""
    lessons = read_lessons(find_checkout())
    shares = (20.0, 55.0, 90.0)
    predictions = {
        f"{lesson.number}.p{n}": {"guess": share + 4.0 * n, "measured": share, "unit": "percent"}
        for lesson in lessons
        for n, share in enumerate(shares)
    }
    parts = {part: {} for part in ("checks", "hints", "reviews", "solutions")}
    times = {f"{lesson.number}.q1": [1_750_000_000 + 86_400 * at] for at, lesson in enumerate(lessons)}
    path = tmp_path_factory.mktemp("certificate") / "certificate.html"
    path.write_text(
        page(lessons, parts | {"predictions": predictions, "times": times}, "Ada Lovelace"), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 390])
def test_axe_finds_no_fault_and_the_page_fits(browser: Any, certificate: Path, width: int, theme: str) -> None:
    shown = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
    shown.goto(certificate.as_uri())
    found = Axe().run(shown)
    assert found.violations_count == 0, found.generate_report()
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown.close()


def test_it_prints_on_two_pages_of_paper(browser: Any, certificate: Path) -> None:
    shown = browser.new_page()
    shown.goto(certificate.as_uri())
    assert 1 <= shown.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") <= 2
    shown.close()
