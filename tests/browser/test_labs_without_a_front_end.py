"""The labs' cells in a plain kernel, as in papermill, nbconvert and a page on GitHub: a picture with words."""

import os

import nbformat
import pytest
from nbclient import NotebookClient

if "COURSE_REQUIRE_BROWSER" not in os.environ:
    pytest.importorskip("playwright", reason="Playwright is not installed here")  # the page objects know the cells

from depth_rate_map_page import DepthRateMapLab
from freeze_lab_page import FreezeLab
from label_budget_page import LabelBudgetLab
from microscope_page import MicroscopeLab
from thermometer_page import ThermometerLab

ALL = (MicroscopeLab, LabelBudgetLab, FreezeLab, DepthRateMapLab, ThermometerLab)


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """The outputs of every lab's last cell, from one kernel for all of them."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(cell) for kind in ALL for cell in kind.cells]
    environment = pytest.MonkeyPatch()
    environment.delenv("JPY_SESSION_NAME", raising=False)  # set where Jupyter started these tests
    NotebookClient(notebook, timeout=120).execute(cwd=str(tmp_path_factory.mktemp("plain")))
    environment.undo()
    return {kind.name: cell.outputs for kind, cell in zip(ALL, _last_cells(notebook), strict=True)}


def _last_cells(notebook):
    place = -1
    for kind in ALL:
        place += len(kind.cells)
        yield notebook.cells[place]


@pytest.mark.parametrize("name", [kind.name for kind in ALL])
def test_a_lab_is_a_picture_with_words_without_a_widget(outputs, name):
    (result,) = [output for output in outputs[name] if output.output_type == "execute_result"]
    assert "<img" in result.data["text/html"]
    assert result.data["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" not in result.data
