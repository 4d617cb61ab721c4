"""The course in front ends other than JupyterLab: it runs, and the labs answer the keyboard through the kernel.

A notebook of all labs and the first lesson; with ``COURSE_WHOLE_MATRIX`` every lesson.
"""

import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from depth_rate_map_page import DepthRateMapLab
from freeze_lab_page import DEPTH, FreezeLab, FreezeLabOnPage
from label_budget_page import LabelBudgetLab
from microscope_page import MicroscopeLab
from notebook import KERNEL, NOTEBOOK_7, Notebook
from playwright.sync_api import expect
from sampling import WHOLE
from thermometer_page import ThermometerLab

from course_utils.checkout import Lesson, find_checkout, find_lessons

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]

_LESSON = 600_000  # milliseconds; a whole lesson in its short form, on a busy machine
_PROFILE = r'"PROFILE = \"{}\"'  # as written in a notebook's file
_ALL = find_lessons(find_checkout())
LESSONS = _ALL if WHOLE else _ALL[:1]
_KINDS = (MicroscopeLab, LabelBudgetLab, FreezeLab, DepthRateMapLab, ThermometerLab)
_LABS = [cell for kind in _KINDS for cell in kind.cells]


@pytest.fixture(params=[None, *LESSONS], ids=lambda lesson: lesson.name if lesson else "every-lab")
def notebook(request, server):
    """A notebook in the server's folder, and the labs in it."""
    lesson: Lesson | None = request.param
    name, source = "every-lab.ipynb", "\n".join(_LABS)
    if lesson is None:
        server.write_notebook(name, _LABS)
    else:
        name, source = lesson.notebook.name, lesson.source.read_text("utf-8")
        _write_short(lesson.notebook, server.folder / name)
    yield name, re.findall(r"^labs\.(\w+)", source, re.MULTILINE)
    server.shut_kernels_down()


def _write_short(lesson, path):
    """Write a learner's notebook in its short form."""
    text = lesson.read_text("utf-8")
    assert text.count(_PROFILE.format("laptop")) == 1
    path.write_text(text.replace(_PROFILE.format("laptop"), _PROFILE.format("smoke")), "utf-8")


def _works(page, complaints, labs):
    """Check that no cell failed, every lab is there, and the freeze lab plays."""
    expect(page.get_by_role("button", name="Run for real")).to_have_count(len(labs), timeout=KERNEL)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)
    complaints.clear()  # the program's own, about files that it did not find at its start
    if "freeze_lab" in labs:
        lab = FreezeLabOnPage(page, page.locator(".freeze-lab"))
        lab.press(DEPTH, "ArrowRight", "ArrowRight", "ArrowRight")
        lab.says("block4 learns · 294,912 of 578,784 weights")
        lab.guess_by_keyboard(5)
        lab.reveal()
        lab.says("your guess was 55%")
    assert complaints == []


def test_notebook_7(notebook, new_page, server):
    name, labs = notebook
    with new_page() as (page, complaints):
        opened = Notebook(page, server, NOTEBOOK_7)
        opened.show(name)
        opened.run_all()
        _works(page, complaints, labs)


def test_voila(notebook, new_page, server):
    name, labs = notebook
    with new_page() as (page, complaints):
        page.goto(server.url(f"voila/render/{name}"), timeout=_LESSON)
        _works(page, complaints, labs)
