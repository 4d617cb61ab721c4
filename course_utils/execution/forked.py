"""Kernels forked from a warm parent, which has imported Keras but has not started its runtime.

The parent is Python's own fork server, one for each process that runs notebooks, and ends with it. What a library reads
from the environment when it is imported, such as KERAS_HOME, is settled when the first kernel starts. Only Linux forks
safely with all these imports; elsewhere each kernel starts cold.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from threadpoolctl import threadpool_limits

from course_utils.execution import kernel

#: Its name among jupyter_client's provisioners, given in pyproject.toml.
FORKED = "course-forked"
IS_POSSIBLE = sys.platform == "linux"


class ForkedProvisioner(LocalProvisioner):
    """Forks ``course_utils.execution.kernel`` where jupyter_client's own provisioner would start Python."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        log = kwargs.get("stdout")
        process = _Process(
            arguments=cmd[cmd.index(kernel.__name__) + 1 :],  # as for a cold kernel
            environment=kwargs["env"],
            folder=Path(kwargs.get("cwd") or Path.cwd()),
            log=Path(log.name) if log else None,  # by its name: a fork inherits no open file
        )
        self.process = process  # type: ignore[assignment]  # as much of Popen as a provisioner uses
        self.cwd = process.folder
        # The fork makes its own session, and so its group, when it starts: asked for now, it could be this process's.
        self.pid = self.pgid = process.pid
        return self.connection_info


class _Process:
    """A forked kernel with the interface of ``subprocess.Popen``."""

    stdin = stdout = stderr = None

    def __init__(
        self, *, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path | None
    ) -> None:
        self.folder = folder
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["course_utils.execution.preload"])
        self._forked: ForkServerProcess = context.Process(
            target=_become_kernel, args=(list(arguments), dict(environment), folder, log)
        )
        self._forked.start()
        self.pid = self._forked.pid

    def poll(self) -> int | None:
        return self._forked.exitcode

    def wait(self) -> int | None:
        self._forked.join()
        return self._forked.exitcode

    def send_signal(self, number: int) -> None:
        if self.pid and self.poll() is None:  # after its end, the process id may be another process's
            os.kill(self.pid, number)

    def kill(self) -> None:
        self._forked.kill()

    def terminate(self) -> None:
        self._forked.terminate()


def _become_kernel(arguments: list[str], environment: dict[str, str], folder: Path, log: Path | None) -> None:
    """Be the kernel in the forked process, until it is shut down."""
    os.setsid()
    threading.Thread(target=_end_with_client, daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    if log:
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
    # Libraries read this when they are imported, and the warm parent imported them for one core.
    threadpool_limits(int(environment.get("OMP_NUM_THREADS") or os.cpu_count() or 1))
    kernel.serve([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])


def _end_with_client() -> None:
    """End this kernel when its client ends, so that a killed client leaves no kernel behind."""
    client = multiprocessing.parent_process()
    assert client is not None
    client.join()
    os.killpg(0, signal.SIGKILL)
