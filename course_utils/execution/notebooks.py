"""Execute a notebook under papermill, on a kernel without a network, and meter every cell.

The engine is papermill's own but for the kernel it starts, and papermill knows it by the name ``course``.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import ERROR_MARKER_TAG

from course_utils.errors import CourseError
from course_utils.execution import kernel
from course_utils.execution.forked import FORKED, IS_POSSIBLE
from course_utils.validation.results import Outcome

ENGINE = "course"
_KERNEL_LOG = "kernel.log"  # in the scratch folder: what the kernel wrote past its notebook
_SAMPLING = 0.05  # seconds between two readings of a kernel's memory
_STARTING = 180  # seconds that a kernel may take to start, on a machine that does much else
_THREADS = ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS")  # of TensorFlow; of NumPy's, SciPy's and scikit-learn's loops
_live: set[int] = set()  # the process groups of the kernels that run now


def execute(
    notebook: NotebookNode,
    folder: Path,
    parameters: Mapping[str, Any],
    *,
    cell_timeout: float,
    cores: int | None = None,
    on_cell: Callable[[], None] = lambda: None,
) -> tuple[NotebookNode, Outcome]:
    """Execute ``notebook`` with ``folder``, an empty scratch folder, as its working directory.

    Args:
        parameters: papermill parameters, set below the cell that is tagged ``parameters``.
        cell_timeout: seconds after which a cell is stopped, and the notebook with it.
        cores: how many TensorFlow computes on; None means all. Notebooks that run side by side wait less for one
            another where each has cores of its own.
        on_cell: called after every cell.

    Returns:
        The executed notebook and how it ended. Every cell's ``metadata.papermill`` has papermill's ``status`` and
        ``duration`` (seconds), and ``peak_mb``, the most memory (MB) that the kernel held meanwhile.

    Raises:
        CourseError: the kernel did not start.
        OSError: the scratch folder cannot be written.
    """
    source, executed = folder / "lesson.ipynb", folder / "executed.ipynb"
    nbformat.write(notebook, source)
    outcome: Outcome = "passed"
    try:
        papermill.execute_notebook(
            source,
            executed,
            dict(parameters),
            engine_name=ENGINE,
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=cell_timeout,
            start_timeout=_STARTING,
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
    except RuntimeError as error:  # so nbclient says that there is no kernel to speak to
        raise CourseError(f"A notebook's kernel did not start: {error}. Try: course doctor") from error
    result = nbformat.read(executed, as_version=4)
    result.cells = [cell for cell in result.cells if ERROR_MARKER_TAG not in cell.metadata.get("tags", ())]
    if outcome == "crashed":
        _add_last_words(result, folder / _KERNEL_LOG)
    return result, outcome


def kill_kernels() -> None:
    """Kill every kernel that runs now, and what it has started."""
    for group in list(_live):
        _kill_group(group)


def _add_last_words(notebook: NotebookNode, log: Path) -> None:
    said = log.read_text(encoding="utf-8", errors="replace")
    for cell in notebook.cells:
        if said and cell.metadata.papermill.status == NotebookExecutionManager.FAILED:
            cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=said))


class CourseEngine(Engine):
    """papermill's engine on a kernel without a network, with each cell's peak memory in its metadata."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution_timeout: float | None = None,
        start_timeout: int = _STARTING,
        folder: Path | None = None,
        cores: int | None = None,
        on_cell: Callable[[], None] = lambda: None,
        **_: Any,
    ) -> NotebookNode:
        client = _MeteredClient(
            nb_man,
            kernel_name=kernel_name,
            kernel_manager_class=OfflineKernelManager,
            timeout=execution_timeout,
            startup_timeout=start_timeout,
            resources={"metadata": {"path": str(folder)}} if folder else {},
        )
        client.on_cell = on_cell
        environment = _environment(cores)
        output, nb_man.output_path = nb_man.output_path, None  # papermill would write all of it twice a cell
        try:
            if not folder:
                return client.execute(env=environment)
            with (folder / _KERNEL_LOG).open("wb") as log:
                return client.execute(env=environment, stdout=log, stderr=log)
        finally:
            nb_man.output_path = output  # papermill writes it once, whatever happened


papermill_engines.register(ENGINE, CourseEngine)


class OfflineKernelManager(AsyncKernelManager):
    """Starts ``execution.kernel``, forked where that is possible; it needs no installed kernel specification."""

    @property
    def kernel_spec(self) -> KernelSpec:
        module = ["-m", kernel.__name__, "--log-level=ERROR", "-f", "{connection_file}"]
        provisioner = {"kernel_provisioner": {"provisioner_name": FORKED}} if IS_POSSIBLE else {}
        return KernelSpec(
            argv=[sys.executable, *module],
            display_name="Python 3 without a network",
            language="python",
            metadata=provisioner,
        )


class _MeteredClient(PapermillNotebookClient):
    on_cell: Callable[[], None]
    kernel: int | None = None  # its process, which leads a process group of its own

    def start_new_kernel(self, **kwargs: Any) -> None:
        super().start_new_kernel(**kwargs)
        self.kernel = self.km.provisioner.pid
        _live.add(self.kernel)

    def execute(self, **kwargs: Any) -> NotebookNode:
        try:
            return super().execute(**kwargs)
        finally:
            if self.kernel:
                _kill_group(self.kernel)  # whatever the lesson started and left behind

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        meter = _MemoryMeter(self.km.provisioner.pid)
        try:
            return super().execute_cell(cell, cell_index, **kwargs)
        except BaseException:
            cell.metadata.papermill["status"] = NotebookExecutionManager.FAILED  # a time-out, too
            raise
        finally:
            cell.metadata.papermill["peak_mb"] = round(meter.stop() / 1e6, 1)
            self.on_cell()


class _MemoryMeter:
    """The most resident memory, in bytes, that a process holds between the meter's making and ``stop``."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._stopped = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._stopped.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._pid)
            while True:
                self._peak = max(self._peak, process.memory_info().rss)
                if self._stopped.wait(_SAMPLING):
                    return


def _environment(cores: int | None) -> dict[str, str]:
    """The kernel's environment; a record of the learner's progress stays in the scratch folder."""
    inherited = {name: value for name, value in os.environ.items() if name != "COURSE_PROGRESS"}
    return inherited if cores is None else inherited | dict.fromkeys(_THREADS, str(cores))


def _kill_group(group: int) -> None:
    _live.discard(group)
    with suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
        if hasattr(os, "killpg"):
            os.killpg(group, signal.SIGKILL)
        else:
            psutil.Process(group).kill()
