"""A browser and a JupyterLab for the tests of the labs, and the table of how fast they answered.

``tests/conftest.py`` prints the table at the end, also when the tests ran in other processes.
"""

import os
import shutil
from collections.abc import Iterator, Sequence
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
        # Often run as root in a container, where Chromium's sandbox cannot start.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(browser: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    from lab_server import serve

    with serve(tmp_path_factory.mktemp("jupyter")) as server:
        yield server


class Latencies:
    """Rows to print at the end. They decide nothing: how busy the machine is would decide it."""

    def __init__(self, properties: list[tuple[str, object]]) -> None:
        self._properties = properties

    def add(self, what: str, milliseconds: Sequence[float], wanted: str) -> None:
        median, late = np.percentile(milliseconds, [50, 95])
        row = [what, f"{median:.0f} ms", f"{late:.0f} ms", wanted, str(len(milliseconds))]
        self._properties.append(("latencies", row))


@pytest.fixture
def latencies(request: pytest.FixtureRequest) -> Latencies:
    return Latencies(request.node.user_properties)
