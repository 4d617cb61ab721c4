"""A notebook that is saved, closed and opened again without its kernel: every lab and check as it was left."""

import json
import os
import re

import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from check_page import CheckOnPage
from freeze_lab_page import RATE, FreezeLab, FreezeLabOnPage
from notebook import JUPYTERLAB, NOTEBOOK_7, Notebook
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NAME = "kept.ipynb"
CELLS = ["from course_utils import check, labs, learn", FreezeLab.cells[-1], 'check("00.q1")', 'learn.review("01")']
LAB, CHECK, REVIEW = 1, 2, 3
_GO_ON = "Run this cell to go on."


@pytest.fixture(scope="module")
def saved(new_page, server):
    """A notebook with a lab, a check and a review; the check and a part of the review are answered."""
    with new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open(NAME, CELLS)
        for number in range(len(CELLS)):
            notebook.run(number)
        lab = FreezeLabOnPage(page, notebook.cell(LAB).locator(".freeze-lab"))
        lab.press(RATE, "ArrowLeft")
        lab.guess_by_keyboard()
        lab.reveal()
        lab.says("your guess was 80%")
        expect(notebook.cell(LAB).locator("course-widget[kept]")).to_contain_text("your guess was 80%")
        for cell in (CHECK, REVIEW):
            card = CheckOnPage(page, notebook.cell(cell).locator(".course-check").first)
            card.choice("b").click()
            card.press()
            card.says("Right|Not yet")
        notebook.settle()
        notebook.save()
    server.shut_kernels_down()
    assert complaints == []
    return json.loads((server.folder / NAME).read_text())


def test_nothing_is_saved_that_could_fail_to_load(saved):
    types = [type for cell in saved["cells"] for output in cell["outputs"] for type in output["data"]]
    assert types
    assert set(types) == {"text/html", "text/plain"}


@pytest.mark.parametrize("program", [JUPYTERLAB, NOTEBOOK_7])
def test_each_is_shown_as_it_was_left_and_says_how_to_go_on(saved, program, new_page, server, request, tmp_path):
    with new_page() as (page, _):
        notebook = Notebook(page, server, program)
        notebook.show(NAME)
        lab = notebook.cell(LAB)
        expect(lab.get_by_role("img", name=re.compile("Freeze lab: nothing frozen, 3e-4")).first).to_be_visible()
        expect(lab.get_by_text("your guess was 80%")).to_be_visible()
        expect(lab.get_by_text("all blocks learn")).to_be_visible()
        check, review = notebook.cell(CHECK), notebook.cell(REVIEW)
        expect(check.get_by_text("What is that called?")).to_be_visible()
        expect(check.get_by_text("Your answer: b")).to_be_visible()
        expect(check.get_by_text(re.compile(r"Not yet\. \S+"))).to_be_visible()
        expect(review.get_by_text("Three questions from earlier lessons")).to_be_visible()
        expect(review.get_by_text("Your answer: b")).to_have_count(1)
        expect(review.get_by_text(re.compile("Not answered yet"))).to_have_count(2)
        for cell in (LAB, CHECK, REVIEW):
            expect(notebook.cell(cell).get_by_text(_GO_ON).locator("visible=true")).to_have_count(1)
        expect(page.get_by_text("Error displaying widget")).to_have_count(0)
        page.screenshot(path=(request.config.getoption("shots") or tmp_path) / f"kept-{program.split('/')[0]}.png")
    server.shut_kernels_down()


def test_running_the_cells_goes_on_and_a_lab_that_is_closed_leaves_its_picture(saved, page, server):
    notebook = Notebook(page, server)
    notebook.show(NAME)
    for number in range(len(CELLS)):
        notebook.run(number)
    FreezeLabOnPage(page, notebook.cell(LAB).locator(".freeze-lab")).says("Where does the source end")
    expect(page.locator(".course-check")).to_have_count(4)
    expect(page.get_by_text(_GO_ON).locator("visible=true")).to_have_count(0)
    expect(page.get_by_text("Your answer: b")).to_have_count(0)
    notebook.ask("Out[2].close()")
    expect(notebook.cell(LAB).get_by_text(_GO_ON)).to_be_visible()
    expect(notebook.cell(LAB).locator(".freeze-lab")).to_have_count(0)


def test_a_page_that_is_reloaded_beside_a_running_kernel_has_them_all_again(saved, page, server):
    notebook = Notebook(page, server)
    notebook.show(NAME)
    for number in range(len(CELLS)):
        notebook.run(number)
    card = CheckOnPage(page, notebook.cell(CHECK).locator(".course-check"))
    card.choice("a").click()
    card.press()
    card.turns("good", "Right.")
    notebook.settle()
    notebook.save()
    notebook.reload()
    card.turns("good", "Right.")
    expect(card.root.get_by_role("radio").first).to_be_checked()
    expect(notebook.cell(CHECK).get_by_text("Your answer: a")).to_be_hidden()
    FreezeLabOnPage(page, notebook.cell(LAB).locator(".freeze-lab")).says("Where does the source end")
    card.choice("c").click()
    card.press()
    card.turns("bad", "Not yet.")
