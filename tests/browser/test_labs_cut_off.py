"""What a learner still has when the kernel, the page or a part of JupyterLab fails under a lab."""

import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from notebook import Notebook
from pages import FreezeLab
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

_TRAINS = r"^Step \d+, loss"


def test_a_kernel_restarted_during_a_run_leaves_a_sentence_and_the_cells_make_a_new_lab(page, server):
    lab = FreezeLab(page, server)
    lab.button("Run for real").click()
    lab.says(_TRAINS)
    lab.notebook.restart_kernel()
    lab.says("The kernel behind this is gone")
    lab.root.get_by_text("Stop").click(force=True)  # nothing takes it
    assert "Traceback" not in page.content()
    lab.run_cells()
    assert lab.notebook.runs() == 0
    lab.predict()
    lab.button("Reveal").click()
    lab.says("Your guess|You saw it coming")


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


class _WithoutComponents(FreezeLab):
    def wait_until_ready(self):
        """Do nothing: without the strip, nothing keeps its keys."""


def test_where_the_network_strip_cannot_be_drawn_plain_buttons_do_the_same(new_page, server):
    with server.without("anywidget"), new_page() as (page, complaints):
        lab = _WithoutComponents(page, server)
        lab.button("Use plain buttons").press("Enter")
        lab.button("Lock block3").press("Space")
        lab.says(r"294,912 of 578,784 weights train \(51%\)")
        expect(lab.button("Lock block1")).to_have_attribute("title", "locked, no rate, moved 0.000")
        expect(lab.button("Lock block4")).to_have_attribute("title", "learns, rate 1e-3, moved 0.000")
    server.shut_kernels_down()
    assert all("No version of module anywidget is registered" in complaint for complaint in complaints)


def test_where_no_widget_can_be_drawn_a_picture_is_shown(new_page, server):
    with server.without("@jupyter-widgets/jupyterlab-manager"), new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open("no-widgets.ipynb", list(FreezeLab.cells))
        notebook.run(0)
        expect(notebook.run(1).get_by_role("img")).to_have_attribute("alt", re.compile("Freeze lab: a recorded run"))
    server.shut_kernels_down()
    assert all(re.search("anywidget:plugin|Exception opening new comm", complaint) for complaint in complaints)
