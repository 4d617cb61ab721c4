"""The README's moving picture: the freeze lab from the guess to the comparison of two runs."""

import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from film import Film
from freeze_lab_page import FreezeLabOnPage
from PIL import Image

pytestmark = pytest.mark.browser

_MOST = 1_500_000  # bytes
_WIDTH, _HEIGHT = 960, 746


def test_the_freeze_lab_is_filmed_from_the_guess_to_the_comparison(open_exported, request, tmp_path):
    shots = request.config.getoption("shots")
    for theme in ("light", "dark") if shots else ("light",):
        lab = open_exported(FreezeLabOnPage, width=_WIDTH, height=_HEIGHT, color_scheme=theme)
        film = Film(lab.page)
        film.wait(1)
        film.drag(lab.root.locator(".kit-guess"), lab.height(0.7))
        film.wait(0.6)
        film.click(lab.button("Reveal"))
        film.wait(2.4)
        assert "points too high" in lab.root.inner_text()
        film.drag(lab.root.locator(".kit-grip"), lab.edge(1), seconds=1.6)
        film.wait(0.8)
        film.click(lab.button("Play"))
        film.wait(3)
        assert lab.root.locator(".kit-legend-ghost").count() == 1
        path = (shots or tmp_path) / f"freeze-lab-moving-{theme}.webp"
        film.save(path, _MOST)
        with Image.open(path) as moving:
            assert moving.size == (_WIDTH, _HEIGHT)
            assert moving.n_frames > 40
