"""What a learner still has when the kernel, the page or a part of JupyterLab fails under a lab."""

import os
import re
import signal

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from freeze_lab_page import STEP, FreezeLab
from notebook import KERNEL, Notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_TRAINS = r"^step \d+ of 112, loss"


def test_a_kernel_restarted_during_a_run_leaves_a_sentence_and_the_cells_make_a_new_lab(page, server):
    lab = FreezeLab(page, server)
    lab.button("Run for real").click()
    lab.says(_TRAINS)
    lab.notebook.restart_kernel()
    lab.says("The kernel behind this lab is gone")
    expect(lab.button("Run for real")).to_be_disabled()
    lab.button("Reveal").press("Enter")  # what is recorded is in the page
    lab.shows(STEP, "step 112 of 112")
    assert "Traceback" not in page.content()
    lab.run_cells()
    assert lab.notebook.runs() == 0
    lab.guess_by_keyboard()
    lab.reveal()
    lab.says("your guess was 80%")


def test_a_page_left_open_while_its_kernel_dies_says_so_and_goes_on_playing(page, server):
    lab = FreezeLab(page, server)
    os.kill(int(lab.asks("import os; print(os.getpid())")), signal.SIGKILL)
    page.get_by_role("dialog").get_by_role("button", name="Ok").click(timeout=KERNEL)
    lab.says("The kernel behind this lab is gone")
    expect(lab.button("Run for real")).to_be_disabled()
    lab.reveal()
    lab.says(r"The target gains \d+ points, the source loses \d+ points")


def test_a_page_reloaded_during_a_run_gets_a_new_lab_and_the_old_run_ends(page, server):
    lab = FreezeLab(page, server)
    lab.button("Run for real").click()
    lab.says(_TRAINS)
    lab.notebook.reload()
    lab.run_cell()
    assert lab.notebook.runs() == 0
    lab.button("Run for real").click()
    lab.says(_TRAINS)
    lab.button("Stop").click()
    lab.says("Stopped after")


def test_where_the_lab_cannot_be_drawn_a_picture_is_shown_and_how_to_fix_that(new_page, server):
    with server.without("anywidget"), new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open("no-anywidget.ipynb", list(FreezeLab.cells))
        notebook.run(0)
        output = notebook.run(1)
        expect(output.get_by_role("img", name=re.compile("Freeze lab: nothing frozen"))).to_be_visible(timeout=20_000)
        output.get_by_text("Run this cell to go on.").click()
        expect(output.get_by_text(re.compile("anywidget is missing or switched off"))).to_be_visible()
    server.shut_kernels_down()
    assert all("No version of module anywidget is registered" in complaint for complaint in complaints)


def test_where_no_widget_can_be_drawn_a_picture_is_shown(new_page, server):
    with server.without("@jupyter-widgets/jupyterlab-manager"), new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open("no-widgets.ipynb", list(FreezeLab.cells))
        notebook.run(0)
        expect(notebook.run(1).get_by_role("img")).to_have_attribute("alt", re.compile("Freeze lab: nothing frozen"))
    server.shut_kernels_down()
    assert all(re.search("anywidget:plugin|Exception opening new comm", complaint) for complaint in complaints)
