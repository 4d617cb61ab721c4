"""``course lab`` as a new learner meets it: the lessons first, nothing in their way, one key from the first of them."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from course_utils.checkout import find_checkout, find_lessons, find_notebooks

pytestmark = pytest.mark.browser

_START = 120_000  # milliseconds; JupyterLab on a busy machine
_COURSE = "import sys; from course_utils.cli.main import run; sys.exit(run(sys.argv[1:]))"
LESSONS = find_lessons(find_checkout())


def _unsaved(route: Route) -> None:
    """Let JupyterLab think that it saved its layout."""
    if route.request.method == "PUT":
        route.fulfill(status=204)
    else:
        route.continue_()


class Desk:
    """A running ``course lab``: its address, and the learner's copy of the lessons."""

    def __init__(self, workspace: Path, url: str) -> None:
        self.workspace, self.url = workspace, url

    def write_progress(self, *passed: str) -> None:
        checks = {id: {"outcome": "passed", "points": 1} for id in passed}
        record = self.workspace / ".course_progress.json"
        record.write_text(json.dumps({"version": 2, "checks": checks}))

    def open(self, page: Page) -> None:
        page.route("**/api/workspaces/*", _unsaved)  # or the next page would begin with this one's tabs and folds
        page.goto(self.url)
        expect(page.get_by_role("heading", name="Transfer learning, hands on")).to_be_visible(timeout=_START)
        expect(page.locator("#jupyterlab-splash")).to_have_count(0, timeout=_START)
        if page.viewport_size["width"] > 600:
            page.locator(".jp-DirListing-item").first.wait_for()


@pytest.fixture(scope="module")
def desk(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("learner")
    settings = home / "settings"
    themes = settings / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    themes.parent.mkdir(parents=True)
    themes.write_text('{"adaptive-theme": true}')
    environment = os.environ | {
        "PYTHONUNBUFFERED": "1",
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "COURSE_MODELS": str(home / "models"),
    }
    environment.pop("COURSE_PROGRESS", None)
    command = [sys.executable, "-c", _COURSE, "lab", "--no-browser", "--workspace", str(home / "my work")]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as course:
        try:
            url = next(line.strip() for line in course.stdout if "token=" in line)
            yield Desk(home / "my work", url)
        finally:
            course.send_signal(signal.SIGTERM)
            course.wait(30)


@pytest.fixture
def page(desk: Desk, new_page) -> Iterator[Page]:
    desk.write_progress()
    with new_page() as (page, complaints):
        page.set_viewport_size({"width": 1400, "height": 800})
        desk.open(page)
        complaints.clear()  # JupyterLab's own, about files that it did not find at its start
        yield page
        assert complaints == []


def test_it_opens_on_the_lessons_with_nothing_in_their_way(page):
    overview = page.get_by_role("region", name="Transfer learning, hands on")
    expect(overview.get_by_role("listitem")).to_have_count(len(LESSONS))
    expect(page.get_by_text("Create Assignment")).to_have_count(0)
    expect(page.get_by_role("menuitem", name="Nbgrader")).to_have_count(0)
    expect(page.locator(".Toastify__toast, .jp-Dialog")).to_have_count(0)  # no question about news


def test_the_file_browser_shows_every_lessons_whole_name(page):
    names = page.locator(".jp-DirListing-itemText")
    expect(names).to_have_count(len(find_notebooks(find_checkout())))
    expect(names.last).to_be_visible()
    # The file browser is drawn before it has its width.
    page.wait_for_function(
        "() => [...document.querySelectorAll('.jp-DirListing-itemText')]"
        ".every((name) => name.scrollWidth <= name.clientWidth)"
    )


def test_one_key_opens_the_first_lesson_beside_the_overview(page):
    page.get_by_role("link", name="Start with 00 Start here").press("Enter")
    expect(page.get_by_role("tab", name="00_start_here.ipynb")).to_be_visible(timeout=_START)
    expect(page.get_by_role("tab", name="Lessons", exact=True)).to_be_visible()
    assert page.context.pages == [page]


def test_the_whole_row_opens_its_lesson(page):
    page.get_by_text("With 20 labelled pictures per class").click(force=True)  # a link lies over the words
    expect(page.get_by_role("tab", name="02_feature_extraction.ipynb")).to_be_visible(timeout=_START)


def test_tab_reaches_every_lesson_in_order_and_the_focus_is_visible(page):
    first = page.get_by_role("link", name="Start with 00 Start here")
    first.focus()
    for lesson in LESSONS:
        before = page.screenshot()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.dataset.notebook") == lesson.notebook.name
        assert page.screenshot() != before


def test_progress_is_up_to_date_whenever_the_overview_comes_to_the_front(page, desk):
    row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name="00 Start here", exact=True))
    expect(row).to_contain_text("Not begun")
    page.get_by_role("link", name="Start with 00 Start here").click()
    expect(page.get_by_role("tab", name="00_start_here.ipynb")).to_be_visible(timeout=_START)
    desk.write_progress("00.q1", "00.q2")
    page.get_by_role("tab", name="Lessons", exact=True).click()
    expect(row).to_contain_text("2 of 5 quick checks")
    expect(page.get_by_role("link", name="Continue with 00 Start here")).to_be_visible()


def test_closed_it_comes_back_from_the_launcher(page):
    page.get_by_role("tab", name="Lessons", exact=True).locator(".lm-TabBar-tabCloseIcon").click()
    page.locator(".jp-LauncherCard", has_text="Lessons").click()
    expect(page.get_by_role("heading", name="Transfer learning, hands on")).to_be_visible()


def test_a_server_that_is_gone_is_a_sentence(desk, new_page):
    with new_page() as (page, _):
        desk.open(page)
        page.route("**/course/desk", lambda route: route.abort())
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.get_by_role("alert").filter(has_text="The overview cannot be shown")).to_be_visible()
        page.unroute("**/course/desk")
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.get_by_role("heading", name="Transfer learning, hands on")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_nothing_overflows_and_pictures_are_taken(desk, browser, theme, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    desk.write_progress("00.q1", "00.q2", "00.q3", "00.q4", "00.q5", "00.e1", "01.q1", "01.e1")
    page = browser.new_page(viewport={"width": 1400, "height": 800}, color_scheme=theme)
    desk.open(page)
    for width in (1400, 900, 390):
        page.set_viewport_size({"width": width, "height": 800})
        if width == 390:
            page.get_by_role("tab", name="File Browser").click()  # folds it away
        found = Axe().run(page, context=".course-desk")
        assert found.violations_count == 0, found.generate_report()
        tab = page.locator(".course-desk-tab")
        assert tab.evaluate("tab => tab.scrollWidth <= tab.clientWidth")
        page.screenshot(path=shots / f"desk-{width}-{theme}.png", animations="disabled")
    page.close()


def test_a_narrow_window_begins_without_the_file_browser(desk, browser):
    page = browser.new_page(viewport={"width": 390, "height": 844})
    desk.open(page)
    page.wait_for_function("document.querySelector('.course-desk').clientWidth > 250")
    expect(page.locator(".jp-DirListing")).not_to_be_visible()
    page.close()
