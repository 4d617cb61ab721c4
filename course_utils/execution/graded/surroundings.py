"""What is around the parent that forks: in a sandbox, every other process is a learner's; outside, only its own are.

A parent outside is for machines that have no sandbox. It finds what it has started, and nothing holds that back.
"""

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import psutil

from course_utils.execution.sandbox.bubblewrap import SCRATCH, SHARED_MEMORY
from course_utils.execution.sandbox.enter import be_ordinary, protect_first_process
from course_utils.execution.sandbox.limits import SandboxLimits

_TICKS = os.sysconf("SC_CLK_TCK")
_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_OF_THE_USER = {"RLIMIT_NPROC"}  # not of a process: outside it would hold for everything that the user runs


class Surroundings(Protocol):
    """What the parent can do about the processes that learners' code has become, and about what they have written."""

    @property
    def scratch(self) -> Sequence[Path]:
        """The folders to be emptied after each child."""

    def prepare(self) -> None:
        """Make this process the parent."""

    def prepare_child(self) -> None:
        """Make this process, which was just forked, one that runs learners' code."""

    def threads(self) -> int:
        """Return how many threads this process has."""

    def others(self) -> list[int]:
        """Return the processes that learners' code is or has started."""

    def seconds(self) -> float:
        """Return the processor time of those, and of the processes that they have waited for."""

    def any_ready(self) -> bool:
        """Whether any of them computes, or would if a processor were free."""

    def kill_others(self) -> None:
        """Kill them all; they are still to be waited for."""


class InsideSandbox:
    """In a sandbox whose first process this is."""

    scratch: Sequence[Path] = (SCRATCH, SHARED_MEMORY)

    def prepare(self) -> None:
        protect_first_process()

    def prepare_child(self) -> None:
        be_ordinary()

    def threads(self) -> int:
        return len([*Path("/proc/self/task").iterdir()])

    def others(self) -> list[int]:
        return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]  # noqa: PTH208

    def seconds(self) -> float:
        return sum(sum(map(int, stat[11:15])) for stat in self._stats()) / _TICKS  # utime, stime, cutime, cstime

    def any_ready(self) -> bool:
        return any(stat[:1] == [b"R"] for stat in self._stats())

    def kill_others(self) -> None:
        with suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)  # every process of the sandbox but this one

    def _stats(self) -> Iterator[list[bytes]]:
        """Yield what the kernel says of each process, from its state on."""
        for pid in self.others():
            with suppress(OSError):  # it has gone
                yield Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()


class Outside:
    """On a machine without a sandbox.

    Args:
        scratch: a folder of its own.
    """

    def __init__(self, scratch: Path) -> None:
        self.scratch: Sequence[Path] = (scratch,)
        self._own = psutil.Process()

    def prepare(self) -> None:
        if sys.platform == "linux":  # so that what a learner's code detaches becomes a child of this process
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def prepare_child(self) -> None:
        for name, limit in SandboxLimits().of_each_process().items():
            with suppress(OSError, ValueError, AttributeError):  # not every system has every limit
                if name not in _OF_THE_USER:
                    resource.setrlimit(getattr(resource, name), (limit, limit))

    def threads(self) -> int:
        return int(self._own.num_threads())

    def others(self) -> list[int]:
        return [process.pid for process in self._started()]

    def seconds(self) -> float:
        total = 0.0
        for process in self._started():
            with suppress(psutil.Error):
                total += sum(process.cpu_times()[:4])
        return total

    def any_ready(self) -> bool:
        for process in self._started():
            with suppress(psutil.Error):
                if process.status() == psutil.STATUS_RUNNING:
                    return True
        return False

    def kill_others(self) -> None:
        for number in (signal.SIGSTOP, signal.SIGKILL):  # what is stopped first can't start others meanwhile
            for process in self._started():
                with suppress(psutil.Error):
                    process.send_signal(number)

    def _started(self) -> list[psutil.Process]:
        started: list[psutil.Process] = self._own.children(recursive=True)
        return [process for process in started if process.is_running()]
