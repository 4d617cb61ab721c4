"""papermill's engine ``course``: a kernel without a network, and each cell's peak memory in its metadata.

It differs from papermill's own engine only in the kernel that it starts. papermill finds it by its entry point
(``papermill --engine course``) while papermill itself is being imported, so neither papermill's registry nor anything
that uses it may be imported here.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager

from course_utils.execution import kernel
from course_utils.execution.forked import FORKED, IS_POSSIBLE

#: The engine's name among papermill's, given in pyproject.toml.
ENGINE = "course"
KERNEL_LOG = "kernel.log"  # in the scratch folder: output of the kernel that its notebook did not capture
START_SECONDS = 180  # for a kernel to start, on a busy machine
_SAMPLING = 0.05  # seconds between two readings of a kernel's memory
_THREADS = ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS")  # of TensorFlow; of NumPy's, SciPy's and scikit-learn's loops
_live: set[int] = set()  # the process groups of the running kernels


def kill_kernels() -> None:
    """Kill every running kernel, and what it has started."""
    for group in list(_live):
        _kill_group(group)


class CourseEngine(Engine):
    """papermill's engine on a kernel without a network, with each cell's peak memory in its metadata."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        execution_timeout: float | None = None,
        start_timeout: int = START_SECONDS,
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
        output, nb_man.output_path = nb_man.output_path, None  # papermill would write the whole notebook twice per cell
        try:
            if not folder:
                executed: NotebookNode = client.execute(env=environment)
                return executed
            with (folder / KERNEL_LOG).open("wb") as log:
                executed = client.execute(env=environment, stdout=log, stderr=log)
                return executed
        finally:
            nb_man.output_path = output  # papermill writes it once, whatever happened


class OfflineKernelManager(AsyncKernelManager):
    """Starts ``execution.kernel``, forked where that is possible; no kernel specification has to be installed."""

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
    kernel: int | None = None  # its process id, which is also that of its process group

    def start_new_kernel(self, **kwargs: Any) -> None:
        super().start_new_kernel(**kwargs)
        self.kernel = self.km.provisioner.pid
        _live.add(self.kernel)

    def execute(self, **kwargs: Any) -> NotebookNode:
        try:
            executed: NotebookNode = super().execute(**kwargs)
            return executed
        finally:
            if self.kernel:
                _kill_group(self.kernel)  # anything that the lesson left running

    def execute_cell(self, cell: NotebookNode, cell_index: int, **kwargs: Any) -> NotebookNode:
        meter = _MemoryMeter(self.km.provisioner.pid)
        try:
            executed: NotebookNode = super().execute_cell(cell, cell_index, **kwargs)
            return executed
        except BaseException:
            cell.metadata.papermill["status"] = NotebookExecutionManager.FAILED  # after a time-out, too
            raise
        finally:
            cell.metadata.papermill["peak_mb"] = round(meter.stop() / 1e6, 1)
            self.on_cell()


class _MemoryMeter:
    """Measures the most resident memory, in bytes, that a process holds until ``stop``."""

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
    """Return the kernel's environment; a record of progress that it writes stays in the scratch folder."""
    inherited = {name: value for name, value in os.environ.items() if name != "COURSE_PROGRESS"}
    return inherited if cores is None else inherited | dict.fromkeys(_THREADS, str(cores))


def _kill_group(group: int) -> None:
    _live.discard(group)
    with suppress(ProcessLookupError, PermissionError, psutil.NoSuchProcess):
        if hasattr(os, "killpg"):
            os.killpg(group, signal.SIGKILL)
        else:
            psutil.Process(group).kill()
