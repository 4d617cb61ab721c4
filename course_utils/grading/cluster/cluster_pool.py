"""Jobs for the workers of a Dask cluster, behind the interface of the pool on one machine."""

from collections.abc import Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any
from uuid import uuid4

from distributed import Client, KilledWorker
from distributed import Future as DaskFuture
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.execution.graded.jobs import GradedJob, GradedOutcome
from course_utils.grading.cluster.wire import RefusalError, RemoteJob, job_bytes, read_outcomes
from course_utils.grading.cluster.worker import end_batch, run_graded_job
from course_utils.grading.hashes import versions

_AGAIN = "What was graded is kept: run the command again."
_GONE = f"The scheduler has gone. Start it again. {_AGAIN}"
_END_SECONDS = 10  # for the workers to end their sandboxes; one that hangs is not waited for


class ClusterPool:
    """Runs jobs on a cluster's workers. Use it in a ``with`` block, whose end ends what it has started there.

    A job whose worker is lost runs on another one; which of the two runs counts is decided here, once.

    Args:
        client: connected; the caller closes it.
        modules: what the parents in the sandboxes import.
    """

    def __init__(self, client: Client, modules: Sequence[str]) -> None:
        self._client, self._modules = client, tuple(modules)
        self._batch = uuid4().hex
        self._running: set[DaskFuture[list[bytes]]] = set()

    def __enter__(self) -> "ClusterPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client.status != "running":  # the scheduler has gone
            return
        self._client.cancel(list(self._running))
        with suppress(OSError, TimeoutError):  # sandboxes end with their worker, or make room for the next batch
            self._client.sync(
                self._client.run, end_batch, self._batch, on_error="ignore", callback_timeout=_END_SECONDS
            )

    @property
    def slots(self) -> int:
        """How many jobs the workers run side by side, at this moment.

        Raises:
            CourseError: the scheduler has gone.
        """
        try:
            threads: dict[str, int] = self._client.nthreads()
        except OSError:
            raise CourseError(_GONE) from None
        return max(1, sum(threads.values()))

    def submit(self, job: GradedJob, arrays: Mapping[str, NDArray[Any]]) -> "Future[list[GradedOutcome]]":
        """Have a job run as ``GradedExecutor.run`` runs it, on any worker.

        The result is a CourseError where the scheduler has gone, or a worker can't run the course's jobs.
        """
        asked = RemoteJob(job, arrays, self._modules, self._batch, versions())
        found: Future[list[GradedOutcome]] = Future()
        # Not the client's own executor, whose futures never end if a result can't be fetched.
        running = self._client.submit(run_graded_job, job_bytes(asked), pure=False)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        running.add_done_callback(partial(_hand_on, job, found))
        return found


def _hand_on(job: GradedJob, found: "Future[list[GradedOutcome]]", done: "DaskFuture[list[bytes]]") -> None:
    """Take what has come of a job from Dask's future to the caller's."""
    try:
        found.set_result(read_outcomes(done.result()))
    except KilledWorker:  # Dask has tried several
        lost = "each worker that ran it was lost"
        found.set_result(
            [GradedOutcome(question=asked.id, status="infrastructure", error=lost) for asked in job.questions]
        )
    except RefusalError as refusal:
        found.set_exception(CourseError(str(refusal)))
    except CancelledError:
        found.set_exception(CourseError(_GONE))
    except Exception as error:  # the scheduler can't read the job, or the worker can't import what runs it
        said = f"The cluster can't run the course's jobs ({type(error).__name__}: {first_line(error)})"
        fix = "Install this version of the course where its scheduler and its workers run."
        found.set_exception(CourseError(f"{said}. {fix} {_AGAIN}"))


def first_line(error: Exception) -> str:
    """Return the first line of an error of Dask's, whose messages may have many, for use within a sentence."""
    return str(error).partition("\n")[0].rstrip(".,:") or type(error).__name__
