"""Execute a notebook under papermill, with the engine ``course``."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import NotebookExecutionManager
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG

from course_utils.errors import CourseError
from course_utils.execution.papermill_engine import ENGINE, KERNEL_LOG, START_SECONDS

NotebookOutcome = Literal["passed", "failed", "timed out", "crashed"]


def execute(
    notebook: NotebookNode,
    folder: Path,
    parameters: Mapping[str, Any],
    *,
    cell_timeout: float,
    cores: int | None = None,
    on_cell: Callable[[], None] = lambda: None,
) -> tuple[NotebookNode, NotebookOutcome]:
    """Execute ``notebook`` with ``folder``, an empty scratch folder, as its working directory.

    Args:
        parameters: papermill parameters, set below the cell that is tagged ``parameters``.
        cell_timeout: seconds after which a cell is stopped, and the notebook with it.
        cores: how many TensorFlow computes on; None means all. Notebooks that run side by side wait less for one
            another if each has cores of its own.
        on_cell: called after every cell.

    Returns:
        The executed notebook and how it ended. Every cell's ``metadata.papermill`` has papermill's ``status`` and
        ``duration`` (seconds), and ``peak_mb``, the most memory (MB) that the kernel held during the cell.

    Raises:
        CourseError: the kernel did not start.
        OSError: the scratch folder cannot be written.
    """
    source, executed = folder / "lesson.ipynb", folder / "executed.ipynb"
    nbformat.write(notebook, source)
    outcome: NotebookOutcome = "passed"
    try:
        papermill.execute_notebook(
            source,
            executed,
            dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=cell_timeout,
            start_timeout=START_SECONDS,
            folder=folder,
            cores=cores,
            on_cell=on_cell,
        )
    except PapermillExecutionError:
        outcome = "failed"
    except CellTimeoutError:
        outcome = "timed out"
    except DeadKernelError:
        outcome = "crashed"
    except RuntimeError as error:  # nbclient raises it when no kernel answers
        raise CourseError(f"A notebook's kernel did not start: {error}. Try: course doctor") from error
    result = nbformat.read(executed, as_version=4)
    result.cells = [cell for cell in result.cells if ERROR_MARKER_TAG not in cell.metadata.get("tags", ())]
    if outcome == "crashed":
        _add_last_words(result, folder / KERNEL_LOG)
    return result, outcome


def _add_last_words(notebook: NotebookNode, log: Path) -> None:
    said = log.read_text(encoding="utf-8", errors="replace")
    for cell in notebook.cells:
        if said and cell.metadata.papermill.status == NotebookExecutionManager.FAILED:
            cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=said))
