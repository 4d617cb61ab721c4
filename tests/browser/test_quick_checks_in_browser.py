"""Quick checks answered in a real JupyterLab by keyboard alone: a form keeps its keys."""

import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from notebook import Notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELLS = ["from course_utils import check", 'check("00.q1")', 'check("03.q11")']


@pytest.fixture(scope="module")
def notebook(new_page, server):
    """Two quick checks, each below its cell; an error in the page's console fails the last test."""
    with new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open("quick-checks.ipynb", CELLS)
        for number in range(len(CELLS)):
            notebook.run(number)
        guards = page.locator(".course-guard")  # until they are there JupyterLab takes the keys
        guards.nth(len(CELLS) - 2).wait_for(state="attached")
        yield notebook
    server.shut_kernels_down()
    assert complaints == []


def test_a_letter_is_chosen_by_arrow_or_space(notebook):
    cell = notebook.cell(1)
    first, second, *_ = cell.get_by_role("radio").all()
    first.focus()
    cell.page.keyboard.press("Space")
    expect(first).to_be_checked()
    cell.page.keyboard.press("ArrowDown")
    expect(second).to_be_checked()
    notebook.settle()
    cell.get_by_role("button", name="Check 00.q1").focus()
    cell.page.keyboard.press("Enter")
    expect(cell.get_by_role("alert")).to_contain_text(re.compile("Right|Not yet"))


def test_the_steps_of_an_order_are_chosen_by_arrow(notebook):
    cell = notebook.cell(2)
    for number, presses in enumerate((4, 2, 5, 1, 3), 1):
        menu = cell.get_by_role("combobox", name=f"Step {number}")
        menu.focus()
        for _ in range(presses):
            cell.page.keyboard.press("ArrowDown")
        expect(menu).to_have_value("abcde"[presses - 1])
    notebook.settle()  # a widget holds back changes while its last one is being processed
    cell.get_by_role("button", name="Check 03.q11").focus()
    cell.page.keyboard.press("Enter")
    expect(cell.get_by_role("alert")).to_contain_text("Right")
