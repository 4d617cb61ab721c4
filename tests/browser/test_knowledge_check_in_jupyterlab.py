"""A knowledge check in a real JupyterLab, by keyboard: drawn for the learner, and as a class hands it out."""

import os

import nbformat
import pytest

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")

from axe_playwright_python.sync_playwright import Axe
from notebook import Notebook
from playwright.sync_api import expect

from course_utils.authoring.build import learners_version
from course_utils.authoring.knowledge_check_cells import for_class
from course_utils.authoring.questions import QUESTIONS, read_bank
from course_utils.authoring.sources import read_source
from course_utils.checkout import find_checkout, find_lessons

pytestmark = pytest.mark.browser

IMPORTS = "from course_utils import check, learn"
ALONE = [IMPORTS, 'learn.knowledge_check("02")', "k1 = ...", 'check("02.k1", k1)', "k2 = ...", 'check("02.k2", k2)']
SECTIONS = "[aria-label^='Question'], [aria-label*='Knowledge check']"


def class_notebook() -> nbformat.NotebookNode:
    """The section of lesson 02 as learners of a class get it."""
    root = find_checkout()
    (lesson,) = find_lessons(root, ["02"])
    notebook = read_source(lesson.source)
    bank = read_bank(root / QUESTIONS, "02")
    assert bank
    for_class(notebook, "02", bank, "a class")
    cells = [cell for cell in learners_version(notebook).cells if cell.id.startswith(("k1", "k2"))]
    return nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(IMPORTS), *cells], metadata={"kernelspec": notebook.metadata.kernelspec}
    )


@pytest.fixture(scope="module")
def notebook(new_page, server):
    """The section as whoever studies alone sees it; an error in the page's console fails the last test."""
    with new_page() as (page, complaints):
        notebook = Notebook(page, server)
        notebook.open_and_run("knowledge-check.ipynb", ALONE)
        yield notebook
    server.shut_kernels_down()
    assert complaints == []


def answer(notebook, number, text):
    """Replace the answer in a cell by keyboard, run it, and run the cell that marks it."""
    notebook.cell(number).get_by_role("textbox").first.click()
    notebook.page.keyboard.press("Control+A")
    notebook.page.keyboard.type(text)
    notebook.page.keyboard.press("Shift+Enter")
    notebook.page.keyboard.press("Control+Enter")  # the next cell is selected
    notebook.settle()


def test_six_questions_are_asked_and_an_answer_is_marked_with_its_reason(notebook):
    expect(notebook.cell(1).get_by_label("Question ", exact=False)).to_have_count(6)
    expect(notebook.cell(3).get_by_text("Not answered yet.")).to_be_visible()
    answer(notebook, 2, 'k1 = "z"')
    expect(notebook.cell(3).get_by_text("The answer is one letter from a to")).to_be_visible()
    for letter in "abc":
        answer(notebook, 2, f'k1 = "{letter}"')
        expect(notebook.cell(3).get_by_text(f"{letter})")).to_be_visible()
        if notebook.cell(3).get_by_text("Right.").is_visible():
            break
    expect(notebook.cell(3).get_by_text("1 of 1 point; 1 of 6 points in the knowledge check so far")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_alone(notebook, theme, request, tmp_path):
    look(notebook, theme, (request.config.getoption("shots") or tmp_path) / f"knowledge-check-{theme}.png")


def look(notebook, theme, picture):
    notebook.page.emulate_media(color_scheme=theme)
    notebook.page.locator(f"body[data-jp-theme-light={str(theme == 'light').lower()}]").wait_for(state="attached")
    found = Axe().run(notebook.page, context=SECTIONS)
    assert found.violations_count == 0, found.generate_report()
    notebook.page.screenshot(path=picture, animations="disabled")


def test_in_a_class_the_question_is_text_and_the_learner_sees_answered(page, server, request, tmp_path):
    shots = request.config.getoption("shots") or tmp_path
    nbformat.write(class_notebook(), server.folder / "class.ipynb")
    notebook = Notebook(page, server)
    notebook.show("class.ipynb")
    expect(page.get_by_role("heading", name="Question 1")).to_be_visible()
    notebook.run_all()
    expect(notebook.cell(2).get_by_text("Not answered yet.")).to_be_visible()
    answer(notebook, 1, 'k1 = "b"')
    expect(notebook.cell(2).get_by_text("comes with the feedback")).to_be_visible()
    expect(page.get_by_text("Right.")).to_have_count(0)
    for theme in ("light", "dark"):
        look(notebook, theme, shots / f"knowledge-check-class-{theme}.png")
