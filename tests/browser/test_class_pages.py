"""The feedback's and the report's pages in a browser: both themes, every width, on paper, and by keyboard."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from generated_class import BROKEN, LESSON, class_of_sixty

from course_utils.cli.main import run

pytestmark = pytest.mark.browser

# Texts of less than 12 pixels, as they are shown: a figure is scaled to the page.
_SMALL = """() => [...document.querySelectorAll("main *")].filter((at) => {
    if (!at.textContent.trim() || at.children.length || !at.getClientRects().length) return false;
    const scale = at.ownerSVGElement ? at.ownerSVGElement.getScreenCTM().a : 1;
    return scale * parseFloat(getComputedStyle(at).fontSize) < 12;
}).map((at) => at.textContent)"""
# What is cut off: texts of figures that reach out of them.
_CUT_OFF = """() => [...document.querySelectorAll("figure svg text")].filter((at) => {
    const [text, figure] = [at.getBoundingClientRect(), at.ownerSVGElement.getBoundingClientRect()];
    return text.left < figure.left - 1 || text.right > figure.right + 1 || text.bottom > figure.bottom + 1;
}).map((at) => at.textContent)"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of 60 with feedback and report."""
    folder = tmp_path_factory.mktemp("class")
    class_of_sixty(folder)
    assert run(["class", "feedback", LESSON, "--class", str(folder)]) == 1  # one can't be read
    assert run(["class", "report", LESSON, "--class", str(folder)]) == 0
    return folder


@pytest.fixture
def shown(browser: Any, folder: Path) -> Iterator[Callable[..., Any]]:
    """Return a function that opens a page below the class folder; an error in its console fails the test."""
    pages, complaints = [], []

    def open_(path: str, width: int = 900, **how: Any) -> Any:
        page = browser.new_page(viewport={"width": width, "height": 900}, **how)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda request: complaints.append(request.url) if "file:" not in request.url else None)
        page.goto((folder / path).as_uri())
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert complaints == []


REPORT = f"report/{LESSON}.html"
FEEDBACK = [f"feedback/{learner}/{LESSON}/{LESSON}.html" for learner in ("learner 12", BROKEN)]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [900, 390])
@pytest.mark.parametrize("path", [REPORT, *FEEDBACK], ids=["report", "feedback", "unread"])
def test_axe_finds_no_fault_and_nothing_overflows_or_is_tiny(
    shown: Callable[..., Any], path: str, width: int, theme: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page = shown(path, width, color_scheme=theme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(_SMALL) == []
    assert page.evaluate(_CUT_OFF) == []
    shots = request.config.getoption("shots") or tmp_path
    page.screenshot(path=shots / f"class-{Path(path).parts[0]}-{width}-{theme}.png", full_page=True)


def test_the_reports_figures_say_in_words_what_they_show(shown: Callable[..., Any]) -> None:
    page = shown(REPORT)
    figures = page.get_by_role("img")
    assert figures.count() == 4
    names = [figure.get_attribute("aria-label") for figure in figures.all()]
    assert names[0].startswith("Histogram of 57 learners' points. 0 to 1.6: ")
    assert "02.e1: " in names[1]


def test_the_keyboard_reaches_links_answers_and_tables(shown: Callable[..., Any]) -> None:
    page = shown(FEEDBACK[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('ol') !== null")  # what to try next comes first
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash").startswith("#answer-")
    answers = page.locator("details")
    answers.first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert answers.first.evaluate("at => at.open")
    report = shown(REPORT)
    assert report.locator(".scroll").evaluate_all("all => all.every((at) => at.tabIndex === 0)")


def test_on_paper_dark_pages_are_light(shown: Callable[..., Any]) -> None:
    page = shown(FEEDBACK[0], color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 31, 36)"
