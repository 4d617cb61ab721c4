"""Several executors side by side, each with a sandbox of its own: a job runs in whichever is free."""

from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Protocol

from numpy.typing import NDArray

from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.graded.jobs import GradedJob, GradedOutcome


class GradedPool(Protocol):
    """What runs graded jobs side by side."""

    @property
    def slots(self) -> int:
        """How many it runs at the same time."""

    def submit(self, job: GradedJob, arrays: Mapping[str, NDArray[Any]]) -> "Future[list[GradedOutcome]]":
        """Have a job run as ``GradedExecutor.run`` runs it."""


class ExecutorPool:
    """Runs jobs in executors that nothing else uses. Use it in a ``with`` block, whose end ends all of them.

    Here is one thread for each, which only waits for its sandbox. A sandbox loses its launcher with the thread that has
    started it, so the threads end last.

    Args:
        executors: at least one; each starts with the first job that it gets.
    """

    def __init__(self, *executors: GradedExecutor) -> None:
        self._executors = executors
        self._free: SimpleQueue[GradedExecutor] = SimpleQueue()
        for executor in executors:
            self._free.put(executor)
        self._threads = ThreadPoolExecutor(len(executors))

    def __enter__(self) -> "ExecutorPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for executor in self._executors:
            executor.cancel()
        for _ in self._executors:
            self._free.get().stop()
        self._threads.shutdown(cancel_futures=True)

    @property
    def slots(self) -> int:
        """How many jobs run at the same time: one in each executor."""
        return len(self._executors)

    def submit(self, job: GradedJob, arrays: Mapping[str, NDArray[Any]]) -> "Future[list[GradedOutcome]]":
        """Have a job run as ``GradedExecutor.run`` runs it, after those that were submitted before."""
        return self._threads.submit(self._run, job, arrays)

    def _run(self, job: GradedJob, arrays: Mapping[str, NDArray[Any]]) -> list[GradedOutcome]:
        executor = self._free.get_nowait()  # there are as many as threads, until the end
        try:
            return executor.run(job, arrays)
        finally:
            self._free.put(executor)
