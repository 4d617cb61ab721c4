"""Whole lessons in other front ends than JupyterLab: they run, and their labs answer the keyboard through the kernel.

The lesson with the network strip, the one part that is no stock widget; every lesson with ``COURSE_WHOLE_MATRIX``.
"""

import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from notebook import KERNEL, NOTEBOOK_7, Notebook
from playwright.sync_api import expect

from course_utils.cli.checkout import find_checkout
from course_utils.run.sources import find_lessons

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

_LESSON = 600_000  # milliseconds; a whole lesson in its short form, on a busy machine
_PROFILE = r'"PROFILE = \"{}\"'  # as it stands in a notebook's file
_ALL = find_lessons(find_checkout())
LESSONS = _ALL if "COURSE_WHOLE_MATRIX" in os.environ else [lesson for lesson in _ALL if lesson.name.startswith("03")]


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.name)
def lesson(request, server):
    """A learner's notebook in the server's folder, in its short form."""
    notebook = request.param.notebook
    text = notebook.read_text("utf-8")
    assert text.count(_PROFILE.format("laptop")) == 1
    short = text.replace(_PROFILE.format("laptop"), _PROFILE.format("smoke"))
    (server.folder / notebook.name).write_text(short, "utf-8")
    yield request.param
    server.shut_kernels_down()


def _works(page, complaints, lesson):
    """No cell failed, every lab is there, and the strip's kernel counts the weights that a locked block leaves."""
    labs = re.findall(r"^labs\.(\w+)", lesson.source.read_text("utf-8"), re.MULTILINE)
    expect(page.get_by_role("button", name="Run for real")).to_have_count(len(labs), timeout=KERNEL)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    complaints.clear()  # a program's own, of what it did not find while it started
    if "freeze_lab" in labs:
        page.get_by_role("button", name="Lock block3").press("Space")
        expect(page.get_by_role("button", name="Lock block1")).to_have_attribute("aria-pressed", "true", timeout=KERNEL)
        page.get_by_text("294,912 of 578,784 weights train (51%)").wait_for()
        page.get_by_role("button", name="Reveal", exact=True).press("Enter")
        page.get_by_text("Guess before the next run").wait_for()
    assert complaints == []


def test_notebook_7(lesson, new_page, server):
    with new_page() as (page, complaints):
        notebook = Notebook(page, server, NOTEBOOK_7)
        notebook.show(lesson.notebook.name)
        notebook.run_all()
        _works(page, complaints, lesson)


def test_voila(lesson, new_page, server):
    with new_page() as (page, complaints):
        page.goto(server.url(f"voila/render/{lesson.notebook.name}"), timeout=_LESSON)
        _works(page, complaints, lesson)
