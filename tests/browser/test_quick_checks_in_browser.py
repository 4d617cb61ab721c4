"""Quick checks in a real JupyterLab: the form keeps its keys, the kernel answers, and the record is the cell's."""

import json
import os

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from check_page import CheckOnPage
from notebook import Notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CELLS = ["from course_utils import check, learn", 'check("00.q1")', 'check("03.q11")', 'learn.review("01")']


@pytest.fixture(scope="module")
def notebook(new_page, server):
    """Two quick checks and a review, each below its cell; an error in the page's console fails the last test."""
    with new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open_and_run("quick-checks.ipynb", CELLS)
        yield notebook
    server.shut_kernels_down()
    assert complaints == []


def card(notebook, cell, place=0):
    return CheckOnPage(notebook.page, notebook.cell(cell).locator(".course-check").nth(place))


def record(server):
    return json.loads((server.folder / ".course_progress.json").read_text())


def test_arrow_keys_and_enter_answer_and_the_notebook_keeps_its_cells(notebook, server):
    cells = notebook.page.get_by_label("Code Cell Content").count()
    check = card(notebook, 1)
    first, second, _ = check.inputs()
    first.focus()
    for key in ("d", "d", "a", "b", "x", "Space", "ArrowDown"):
        check.page.keyboard.press(key)
    expect(second).to_be_checked()
    check.page.keyboard.press("Enter")
    check.turns("bad", "Not yet.")
    check.page.keyboard.press("ArrowUp")
    check.page.keyboard.press("Enter")
    check.turns("good", "Right.")
    expect(first).to_be_focused()
    assert notebook.page.get_by_label("Code Cell Content").count() == cells
    notebook.settle()
    assert {"attempts": 2, "outcome": "passed"}.items() <= record(server)["checks"]["00.q1"].items()


def test_an_order_is_clicked(notebook):
    check = card(notebook, 2)
    for letter in "dbeac":
        check.choice(letter).click()
    check.press()
    check.turns("good", "Right.")


def test_each_question_of_a_review_is_answered_by_itself(notebook, server):
    expect(notebook.cell(3).get_by_text("Three questions from earlier lessons")).to_be_visible()
    first, second = card(notebook, 3), card(notebook, 3, 1)
    first.choice("a").click()
    first.press()
    first.says("Right|Not yet")
    expect(second.root).to_have_attribute("data-tone", "open")
    notebook.settle()
    assert len(record(server)["reviews"]["01"]["answered"]) == 1


def test_a_busy_kernel_is_a_sentence_until_it_answers(notebook):
    notebook.page.evaluate(
        "() => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
        ".requestExecute({ code: 'import time; time.sleep(2)', store_history: false })"
    )
    check = card(notebook, 3, 2)
    check.choice("b").click()
    check.press()
    check.turns("open", "The kernel is busy; it answers when it is done.")
    check.says("Right|Not yet")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault(notebook, theme):
    notebook.page.emulate_media(color_scheme=theme)
    notebook.page.locator(f"body[data-jp-theme-light={str(theme == 'light').lower()}]").wait_for(state="attached")
    for cell in (1, 2, 3):
        assert card(notebook, cell).faults() == ""


def test_without_its_kernel_the_card_says_so(notebook):
    notebook.restart_kernel()
    check = card(notebook, 1)
    check.turns("good", "The kernel behind this is gone")
    expect(check.button("Check")).to_be_disabled()
