"""A browser and a JupyterLab for the tests of the labs, and the table of their measurements.

``tests/conftest.py`` prints the table at the end, even if the tests ran in other processes.
"""

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest
from sampling import OTHER_DAY, drawn

REQUIRED = "COURSE_REQUIRE_BROWSER"
# How many labs a day's run drives to the end on a page, and how many in JupyterLab.
_DAILY = {"on_a_page": 4, "in_jupyterlab": 3}
_NO_LABS = {"test_quick_checks_on_a_page", "test_desk_in_jupyterlab", "test_knowledge_check_in_jupyterlab"}
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", type=Path, help="keep the pictures of the labs in this folder (course shots)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("shots"):
        config.getoption("shots").mkdir(parents=True, exist_ok=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Drive the labs that the day draws to the end; of the others, run the first test on a page, which opens it."""
    if config.getoption("shots"):
        return
    here = Path(__file__).parent
    for place, count in _DAILY.items():
        labs = sorted({path.stem for path in here.glob(f"test_*_{place}.py")} - _NO_LABS)
        other_day = set(labs) - set(drawn(f"labs {place}", labs, count))
        opened = set() if place == "on_a_page" else other_day.copy()
        for item in items:
            lab = item.path.stem
            if item.path.parent == here and lab in other_day:
                if lab in opened:
                    item.add_marker(pytest.mark.skip(reason=OTHER_DAY))
                opened.add(lab)


def _missing(reason: str) -> None:
    if os.environ.get(REQUIRED):
        pytest.fail(f"{reason}, and {REQUIRED} is set")
    pytest.skip(reason)


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """Chromium, as the system installed it; no test downloads one."""
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        _missing(f"no browser here: none of {', '.join(_PROGRAMS)}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Often run as root in a container, where Chromium's sandbox cannot start. No page leaves this machine.
        alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        beeping = (
            "--use-fake-device-for-media-stream"  # a microphone that beeps every second, for pages that may use it
        )
        args = ["--no-sandbox", "--disable-gpu", alone, beeping]
        browser = playwright.chromium.launch(executable_path=program, args=args)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from lab_server import serve

    with serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module")
def new_page(browser: object) -> Callable[[], AbstractContextManager[tuple[object, list[str]]]]:
    """Return a function that opens a page, with the list of the errors that its console will report."""

    @contextmanager
    def open_() -> Iterator[tuple[object, list[str]]]:
        page = browser.new_page(viewport={"width": 1280, "height": 2200})  # fits the longest lab
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page, complaints
        finally:
            page.close()

    return open_


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder on a plain static server."""
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the exported labs."""
    from course_utils.labs.lab_pages import export_labs

    folder = tmp_path_factory.mktemp("site")
    for page in export_labs(folder, "../../lessons"):
        assert sum(file.stat().st_size for file in page.parent.iterdir()) < 1_500_000
    with served(folder) as address:
        yield address


@pytest.fixture(scope="session")
def checkout() -> Iterator[str]:
    """The address of the repository's own folder."""
    with served(Path(__file__).parents[2]) as address:
        yield address


@pytest.fixture(scope="session")
def adapted_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder that ``course adapt`` made, with its page, and its address."""
    from adapted_folders import adapted

    folder, result = adapted(tmp_path_factory.mktemp("adapted"))
    if result["page_problem"]:
        _missing(result["page_problem"])
    with served(folder) as address:
        yield folder, address


@pytest.fixture
def open_page(browser: object) -> Iterator[Callable[..., object]]:
    """Return a function that opens a page once it is ready; any error in a console fails the test."""
    pages: list[object] = []
    complaints: list[str] = []

    def open_(address: str, *, width: int = 1400, height: int = 800, **how: object) -> object:
        page = browser.new_page(viewport={"width": width, "height": height}, **how)
        page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(address)
        page.wait_for_selector("html[data-ready]")
        pages.append(page)
        return page

    yield open_
    for page in pages:
        page.close()
    assert complaints == []


@pytest.fixture
def open_exported(open_page: Callable[..., object], site: str) -> Callable[..., object]:
    """Return a function that opens the page of a kind of lab."""

    def open_(kind: type, hash_: str = "", **how: object) -> object:
        page = open_page(f"{site}/{kind.name}/{hash_}", **how)
        return kind(page, page.locator(".course-lab"))

    return open_


@pytest.fixture
def page(new_page: Callable[[], AbstractContextManager[tuple[object, list[str]]]], server: object) -> Iterator[object]:
    """A page for one test. An error in its console fails the test; its kernels end with the test."""
    with new_page() as (page, complaints):
        yield page
    server.shut_kernels_down()
    assert complaints == []


class Measured:
    """Rows to print at the end. No test asserts a time, since times depend on how busy the machine is."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def times(self, what: str, milliseconds: Sequence[float], wanted: str) -> None:
        median, late = np.percentile(milliseconds, [50, 95])
        row = [what, f"{median:.0f} ms", f"{late:.0f} ms", wanted, str(len(milliseconds))]
        self._properties.append(("labs", row))

    def rate(self, what: str, moments: Sequence[float], wanted: str) -> None:
        """Add how many things came a second; ``moments`` are those of all, in milliseconds."""
        longest = max(np.diff(moments))
        often = 1000 * (len(moments) - 1) / (moments[-1] - moments[0])
        row = [what, f"{often:.1f} a second", f"longest gap {longest:.0f} ms", wanted, str(len(moments) - 1)]
        self._properties.append(("labs", row))

    def growth(self, what: str, megabytes: float, wanted: str) -> None:
        self._properties.append(("labs", [what, f"{megabytes:.1f} MB", "", wanted, "1"]))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    return Measured(request.node.user_properties)
