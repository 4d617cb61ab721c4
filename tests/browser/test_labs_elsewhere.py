"""The labs in other front ends than JupyterLab: they are drawn, and answer the keyboard through the kernel."""

import os
import shutil
from pathlib import Path

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from notebook import KERNEL, NOTEBOOK_7
from pages import FreezeLab
from playwright.sync_api import expect

import course_utils

pytestmark = pytest.mark.browser


def _is_used(page, complaints):
    """Lock a block of the network: the kernel locks those before it, and counts the weights that train."""
    block = page.get_by_role("button", name="Lock block3")
    block.wait_for(timeout=KERNEL)
    complaints.clear()  # a program's own, of what it did not find while it started
    block.press("Space")
    expect(page.get_by_role("button", name="Lock block1")).to_have_attribute("aria-pressed", "true")
    page.get_by_text("294,912 of 578,784 weights train (51%)").wait_for()
    page.get_by_role("button", name="Reveal").press("Enter")
    page.get_by_text("Guess before the next run").wait_for()
    assert complaints == []


def test_notebook_7(new_page, server):
    with new_page() as (page, complaints):
        FreezeLab(page, server, NOTEBOOK_7)
        _is_used(page, complaints)
    server.shut_kernels_down()


def test_voila(new_page, server):
    server.write_notebook("freeze-lab.ipynb", list(FreezeLab.cells))
    with new_page() as (page, complaints):
        page.goto(server.url("voila/render/freeze-lab.ipynb"), timeout=KERNEL)
        _is_used(page, complaints)
    server.shut_kernels_down()


def test_notebook_7_opens_a_lesson(new_page, server):
    lesson = next((Path(course_utils.__file__).parents[1] / "lessons").glob("04*.ipynb"))
    shutil.copy(lesson, server.folder)
    with new_page() as (page, _):
        page.goto(server.url(f"notebooks/{lesson.name}"))
        page.get_by_role("heading", level=1).first.wait_for()
    server.shut_kernels_down()
