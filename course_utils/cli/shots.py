"""Pictures of the labs and of the desk in both themes, taken by the browser tests."""

import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from course_utils.errors import CourseError

_CLOCK = 2  # seconds by which a file system's clock may be coarse
_NEEDED = ("pytest", "playwright", "axe_playwright_python")


def take(checkout: Path, folder: Path) -> list[Path]:
    """Run the tests that take pictures, and save the pictures in ``folder``.

    Returns:
        The pictures: PNG, and WebP where one moves.

    Raises:
        CourseError: the developers' tools are missing, or a test failed.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise CourseError(
            f"The pictures are taken by the browser tests, and {missing[0]} is not installed. "
            "Fix: python -m pip install --no-deps --requirement requirements-dev.lock"
        )
    # Whole modules, because some pictures show what earlier tests did.
    modules = sorted((checkout / "tests" / "browser").glob("test_*.py"))
    tests = [str(module) for module in modules if '"shots"' in module.read_text(encoding="utf-8")]
    start = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *tests, "--shots", str(folder)],
        cwd=checkout,
        env=os.environ | {"COURSE_REQUIRE_BROWSER": "1"},
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode:
        raise CourseError(
            "A browser test failed (see above), so not all pictures were taken. "
            "Fix what failed, then run course shots again."
        )
    pictures = [*folder.glob("*.png"), *folder.glob("*.webp")]
    return sorted(picture for picture in pictures if picture.stat().st_mtime >= start - _CLOCK)
