"""What a worker does: each of its threads runs jobs in a sandbox of its own, as the pool on one machine does.

Dask calls these functions by their names, so a worker needs this library installed.
"""

import platform
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

from course_utils.errors import CourseError
from course_utils.execution.graded.executor import GradedExecutor
from course_utils.execution.sandbox.bubblewrap import require_sandbox
from course_utils.grading.cluster.wire import RemoteJob, outcome_bytes, read_job, refusal_bytes
from course_utils.grading.hashes import versions
from course_utils.grading.learners_sandbox import learners_sandbox


@dataclass
class _Kept:
    """A thread's executor, which is kept for the next job, and the batch that has used it last."""

    executor: GradedExecutor
    modules: tuple[str, ...]
    batch: str
    sandbox: ExitStack
    busy: threading.Lock = field(default_factory=threading.Lock)


_guard = threading.Lock()
_kept: dict[int, _Kept] = {}  # by thread: a sandbox loses its launcher with the thread that has started it


def run_graded_job(sent: bytes) -> list[bytes]:
    """Run a job of ``wire.job_bytes`` and return its outcomes, or why this worker can't run any, for ``wire`` to read.

    Raises:
        CancelledError: its batch was ended meanwhile.
    """
    asked = read_job(sent)
    try:
        _require_same(asked.versions)
        require_sandbox()
        kept = _kept_for(asked)
        with kept.busy:
            return outcome_bytes(kept.executor.run(asked.job, asked.arrays))
    except CourseError as refusal:
        return refusal_bytes(f"The worker on {platform.node()} can't grade. {refusal}")


def end_batch(batch: str) -> None:
    """End the sandboxes that a batch has used last, with what still runs in them."""
    with _guard:
        ended = {thread: kept for thread, kept in _kept.items() if kept.batch == batch}
        for thread in ended:
            del _kept[thread]
    for kept in ended.values():
        kept.executor.cancel()
        with kept.busy:
            kept.sandbox.close()


def _require_same(wanted: Mapping[str, str]) -> None:
    found = versions()
    differing = [
        f"{name} {found.get(name, 'none')}, not {version}"
        for name, version in wanted.items()
        if found.get(name) != version
    ]
    if differing:
        raise CourseError(f"It has {'; '.join(differing)}. Install the grader's versions there, and start it again.")


def _kept_for(asked: RemoteJob) -> _Kept:
    """Return this thread's executor: the one it has, if that imports the same, else another."""
    thread = threading.get_ident()
    with _guard:
        kept = _kept.get(thread)
        if kept and kept.modules == asked.modules:
            kept.batch = asked.batch
            return kept
    if kept:
        kept.sandbox.close()
    with ExitStack() as stack:
        executor = stack.enter_context(GradedExecutor(stack.enter_context(learners_sandbox()), asked.modules))
        kept = _Kept(executor, asked.modules, asked.batch, stack.pop_all())
    with _guard:
        _kept[thread] = kept
    return kept
