"""A browser and a JupyterLab for the tests of the labs, and the table of what was measured in them.

``tests/conftest.py`` prints the table at the end, also when the tests ran in other processes.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import numpy as np
import pytest

REQUIRED = "COURSE_REQUIRE_BROWSER"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shots", type=Path, help="keep the pictures of the labs in this folder (course shots)")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("shots"):
        config.getoption("shots").mkdir(parents=True, exist_ok=True)


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
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu", alone])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from lab_server import serve

    with serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


@pytest.fixture(scope="module")
def new_page(browser: object) -> Callable[[], AbstractContextManager[tuple[object, list[str]]]]:
    """Opens a page of the browser, beside the list of the errors that its console will have told."""

    @contextmanager
    def open_() -> Iterator[tuple[object, list[str]]]:
        page = browser.new_page(viewport={"width": 1280, "height": 2200})  # the longest lab is seen whole
        complaints: list[str] = []
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page, complaints
        finally:
            page.close()

    return open_


@pytest.fixture
def page(new_page: Callable[[], AbstractContextManager[tuple[object, list[str]]]], server: object) -> Iterator[object]:
    """A page for one test; an error in its console fails the test, and its kernels end with it."""
    with new_page() as (page, complaints):
        yield page
    server.shut_kernels_down()
    assert complaints == []


class Measured:
    """Rows to print at the end. Times decide nothing: how busy the machine is would decide it."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def times(self, what: str, milliseconds: Sequence[float], wanted: str) -> None:
        median, late = np.percentile(milliseconds, [50, 95])
        row = [what, f"{median:.0f} ms", f"{late:.0f} ms", wanted, str(len(milliseconds))]
        self._properties.append(("labs", row))

    def growth(self, what: str, megabytes: float, wanted: str) -> None:
        self._properties.append(("labs", [what, f"{megabytes:.1f} MB", "", wanted, "1"]))


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    return Measured(request.node.user_properties)
