"""The scorer's side: send jobs into a sandbox and take what comes back, which nothing here believes or unpickles."""

import json
import os
import select
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from io import BytesIO
from types import TracebackType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.execution.graded.frames import MAX_HEADER, MAX_PAYLOAD, BrokenFrameError, Frame, FrameReader, packed
from course_utils.execution.graded.jobs import (
    LEAST_WAIT,
    MESSAGE,
    PATIENCE,
    GradedJob,
    GradedOutcome,
    GradedQuestion,
)
from course_utils.execution.sandbox.binds import interpreter
from course_utils.execution.sandbox.bubblewrap import Confined, Sandbox
from course_utils.execution.sandbox.unconfined import Unconfined

START_SECONDS = 180.0  # for the parent to import everything, on a busy machine
_PARENT = "course_utils.execution.graded.fork_parent"  # not imported: it needs Linux
_GRACE = 30.0  # seconds by which this side waits longer than the parent
_CHUNK = 1 << 16
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_FIELDS = {
    "answered": {"question", "status", "text"},
    "raised": {"question", "status", "error"},
    "out of memory": {"question", "status", "error"},
}


class _LostParentError(Exception):
    """The sandbox has ended, or says nothing any more."""


class _Running(NamedTuple):
    confined: Confined
    control: socket.socket


class GradedExecutor:
    """Runs submissions one after another in one sandbox, each in a child of a parent that has only imported modules.

    Use it in a ``with`` block, whose end is the end of everything in the sandbox. It starts with the first job, and
    again after it was lost.

    Args:
        sandbox: where; its binds must hold the library (see ``sandbox.public_library``). Or none, on a machine that has
            none.
        modules: what the parent imports.
        log: takes what the parent says about its own troubles.
    """

    def __init__(
        self, sandbox: Sandbox | Unconfined, modules: Sequence[str] = (), log: int = subprocess.DEVNULL
    ) -> None:
        self._sandbox: Sandbox | Unconfined = replace(sandbox, environment=_ONE_THREAD | dict(sandbox.environment))
        self._modules, self._log = tuple(modules), log
        self._stack = ExitStack()
        self._running: _Running | None = None
        self._cancelled = False

    def __enter__(self) -> "GradedExecutor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the sandbox; the next job starts another."""
        self._running = None
        self._stack.close()

    def cancel(self) -> None:
        """Have the job that another thread runs here end soon, and every later one at once."""
        self._cancelled = True
        if running := self._running:
            _hang_up(running.control)

    def run(self, job: GradedJob, arrays: Mapping[str, NDArray[Any]] | None = None) -> list[GradedOutcome]:
        """Do a job and return one outcome for each question, in order.

        Args:
            arrays: inputs that are arrays, named ``question/name``.

        Raises:
            CourseError: there is no sandbox on this machine, or the parent can't start in it.
            CancelledError: see ``cancel``.
        """
        outcomes: list[GradedOutcome] = []
        with _job_file(job, arrays or {}) as file:
            while remaining := job.questions[len(outcomes) :]:
                if self._cancelled:
                    raise CancelledError
                before = len(outcomes)
                try:
                    outcomes += self._fork(remaining, file)
                except _LostParentError as lost:
                    outcomes += lost.args[0]
                    self.stop()
                if len(outcomes) == before:
                    outcomes.append(_outcome(remaining[0], "infrastructure", "the sandbox was lost"))
        return outcomes

    def _fork(self, questions: Sequence[GradedQuestion], file: int) -> list[GradedOutcome]:
        """Have the parent fork one child, and return an outcome for each question up to one that ended it."""
        running = self._started()
        kills = running.confined.group.memory_kills()
        source, sink = os.pipe()
        with os.fdopen(source, "rb", buffering=0) as results:
            os.set_blocking(source, False)
            asked = {"questions": [question.model_dump(include={"id", "seconds", "idle"}) for question in questions]}
            try:
                socket.send_fds(running.control, [json.dumps(asked).encode()], [file, sink])
            except OSError:
                raise _LostParentError([]) from None
            finally:
                os.close(sink)
            outcomes = _Results(questions, running.control, results.fileno()).read()
        if outcomes and outcomes[-1].status == "crashed" and running.confined.group.memory_kills() > kills:
            outcomes[-1] = outcomes[-1].model_copy(update={"status": "out of memory"})
        return outcomes

    def _started(self) -> _Running:
        if self._running:
            return self._running
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._stack.enter_context(ours)
        with theirs:
            command = [str(interpreter()), "-m", _PARENT, *self._modules]
            confined = self._stack.enter_context(
                self._sandbox.running(command, supervise=False, stdin=theirs.fileno(), stderr=self._log)
            )
        ours.settimeout(START_SECONDS)
        running = self._running = _Running(confined, ours)
        if self._cancelled:  # before there was anything to hang up
            _hang_up(ours)
        ready = b""
        with suppress(OSError):
            ready = ours.recv(MESSAGE)
        if not ready:
            self.stop()
            if self._cancelled:
                raise CancelledError
            raise CourseError("The graded work's parent process did not start in the sandbox. Try: course class doctor")
        return running


class _Results:
    """Reads what one child writes, beside what its parent reports, until the parent is done with it."""

    def __init__(self, questions: Sequence[GradedQuestion], control: socket.socket, source: int) -> None:
        self._questions = {question.id: question for question in questions}
        self._control, self._source = control, source
        self._reader, self._frames, self._broken = FrameReader(), list[Frame](), ""
        self._read = 0
        self._outcomes: list[GradedOutcome] = []

    def read(self) -> list[GradedOutcome]:
        """Return the outcomes.

        Raises:
            _LostParentError: with the outcomes so far.
        """
        waits = sum(max(PATIENCE * question.seconds, LEAST_WAIT) for question in self._questions.values())
        until = time.monotonic() + waits + _GRACE
        open_files = [self._control.fileno(), self._source]
        while True:
            ready, _, _ = select.select(open_files, [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise _LostParentError(self._outcomes)
            if self._source in ready and not self._take():
                open_files.remove(self._source)
            if self._control.fileno() in ready:
                report = self._report()
                if "done" in report:
                    return self._outcomes
                if not (self._outcomes and self._outcomes[-1].status == "tampered"):  # then its other messages count
                    self._note(report)

    def _report(self) -> dict[str, Any]:
        try:
            message = self._control.recv(MESSAGE)
        except OSError:
            message = b""
        if not message:
            raise _LostParentError(self._outcomes)
        report: dict[str, Any] = json.loads(message)
        return report

    def _note(self, report: dict[str, Any]) -> None:
        """Make an outcome of the parent's report and, if there is one, the child's frame."""
        question = self._questions[report["question"]]
        status, error, seconds = report["status"], report["error"], report["seconds"]
        if status != "sent":
            self._outcomes.append(_outcome(question, status, error, seconds))
            return
        while self._take():  # the child wrote its frame before it told the parent so
            pass
        frame = self._frames.pop(0) if self._frames else None
        if self._broken or frame is None or not _is_as_declared(frame, question):
            said = self._broken or "its message is not the one that it should send"
            self._outcomes.append(_outcome(question, "tampered", said, seconds))
            return
        header = {"text": "", "error": "", **frame.header, "seconds": seconds}
        self._outcomes.append(GradedOutcome(**header, arrays=frame.payload))

    def _take(self) -> bool:
        """Take what the child has written; False if there is nothing, or nothing more to come."""
        try:
            arrived = os.read(self._source, _CHUNK)
        except BlockingIOError:
            return False
        self._read += len(arrived)
        if self._read > len(self._questions) * (MAX_HEADER + MAX_PAYLOAD):
            self._broken = "it wrote without end"
        if not self._broken:  # else what it writes is read and forgotten, so that it need not wait
            try:
                self._frames += self._reader.feed(arrived)
            except BrokenFrameError as error:
                self._broken = str(error)
        return bool(arrived)


def _is_as_declared(frame: Frame, question: GradedQuestion) -> bool:
    header = frame.header
    fields = _FIELDS.get(str(header.get("status")))
    texts = all(isinstance(value, str) for value in header.values())
    return texts and header.keys() == fields and header["question"] == question.id


def _hang_up(control: socket.socket) -> None:
    with suppress(OSError):
        control.shutdown(socket.SHUT_RDWR)


def _outcome(question: GradedQuestion, status: Any, error: str, seconds: float = 0.0) -> GradedOutcome:
    return GradedOutcome(question=question.id, status=status, error=error, seconds=seconds)


@contextmanager
def _job_file(job: GradedJob, arrays: Mapping[str, NDArray[Any]]) -> Iterator[int]:
    """Write a job where each child can read it, and nobody can write it; yield the file descriptor."""
    packed_arrays = BytesIO()
    if arrays:
        np.savez(packed_arrays, **dict[str, Any](arrays))
    with tempfile.NamedTemporaryFile() as file:
        file.write(packed(job.model_dump(), packed_arrays.getvalue()))
        file.flush()
        reading = os.open(file.name, os.O_RDONLY)
        try:
            yield reading
        finally:
            os.close(reading)
