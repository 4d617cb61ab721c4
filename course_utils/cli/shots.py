"""Pictures of the labs in both themes of JupyterLab, taken by the browser tests."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from course_utils.errors import CourseError

_NEEDED = ("pytest", "playwright", "axe_playwright_python")


def take(checkout: Path, folder: Path) -> list[Path]:
    """Run the tests that take the pictures, and save the pictures in ``folder``.

    Returns:
        The pictures: a light and a dark one for every lab.

    Raises:
        CourseError: the developers' tools are missing, or a test failed.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise CourseError(
            f"The pictures are taken by the browser tests, and {missing[0]} is not installed. "
            "Fix: python -m pip install --no-deps --requirement requirements-dev.lock"
        )
    # The whole module, because the pictures show what earlier tests did.
    tests = checkout / "tests" / "browser" / "test_labs_in_browser.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", str(tests), "--shots", str(folder)],
        cwd=checkout,
        env=os.environ | {"COURSE_REQUIRE_BROWSER": "1"},
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        raise CourseError(
            "A browser test of the labs failed (see above), so not all pictures were taken. "
            "Fix what failed, then run course shots again."
        )
    return sorted(folder.glob("*-light.png")) + sorted(folder.glob("*-dark.png"))
