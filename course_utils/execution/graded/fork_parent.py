"""The first process of the sandbox: it imports what lessons import, and forks a child for each submission.

``python -m course_utils.execution.graded.fork_parent MODULE...`` imports the modules and then takes requests from its
standard input, a socket: a JSON message with the ids and processor seconds of the questions, and two open files with
it, the job and the sink. Both go to the child alone, so that this process, of which every child is a copy, never holds
a submission or its evidence. It never runs a learner's code and has one thread. As the first process it can't be killed
from inside; it kills and reaps everything else. Where there is no sandbox (see ``surroundings``), it does what it can.
"""

import importlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from course_utils.execution.graded.answering import answer_questions
from course_utils.execution.graded.frames import FrameReader
from course_utils.execution.graded.jobs import LAST, LEAST_WAIT, MESSAGE, PATIENCE, TAMPERED, GradedJob
from course_utils.execution.graded.surroundings import InsideSandbox, Outside, Surroundings
from course_utils.execution.sandbox.unconfined import OUTSIDE

_GLANCE = 0.05  # seconds between two readings of the processor time

Report = dict[str, Any]


def serve(control: socket.socket, around: Surroundings) -> None:
    """Fork a child for each request until the other side hangs up.

    Raises:
        RuntimeError: this process has become unfit to fork, or the scratch folder can't be emptied; a new sandbox can.
    """
    _send(control, {"ready": True})
    while True:
        message, files, _, _ = socket.recv_fds(control, MESSAGE, 2)
        if not message:
            return
        job, sink = files
        for report in _reports(json.loads(message)["questions"], job, sink, control, around):
            _send(control, report)
        _clear(around.scratch)
        _send(control, {"done": True})


def _reports(
    questions: list[dict[str, Any]], job: int, sink: int, control: socket.socket, around: Surroundings
) -> Iterator[Report]:
    """Fork a child and yield how it fared with each question, up to one that ends it; then nothing of it is left.

    One that leaves threads or other processes ends it, too: the next question must not pay for them.
    """
    require_one_thread(around)
    source, progress = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(source)
        control.close()
        around.prepare_child()
        _be_child(job, sink, progress, [question["id"] for question in questions])
    for file in (job, sink, progress):
        os.close(file)
    os.set_blocking(source, False)
    child = _Child(pid, source, control, around)
    try:
        for question in questions:
            report = child.wait_for(question["seconds"], question["idle"])
            over = report["status"] != "sent" or child.has_left_something()
            if over:
                child.end()  # before the report: the reader of the sink must find its end
            yield {"question": question["id"], **report}
            if over:
                return
    finally:
        child.end()
        os.close(source)


class _Child:
    """A forked child, and all that it starts."""

    def __init__(self, pid: int, source: int, control: socket.socket, around: Surroundings) -> None:
        self._pid, self._source, self._control, self._around = pid, source, control, around
        self._status: int | None = None  # once it has ended
        self._reaped = 0.0  # processor seconds of processes that have ended
        self._done = 0  # questions of which it has written that they are finished
        self._last = False  # whether it has written that it had better not go on

    def wait_for(self, seconds: float, idle: float) -> Report:
        """Wait until the next question is finished or over; return its status, its seconds, and what went wrong."""
        computed = self._computed()
        status, error = self._status_of_next(seconds, idle, computed)
        return {"status": status, "error": error, "seconds": round(self._computed() - computed, 3)}

    def _status_of_next(self, seconds: float, idle: float, before: float) -> tuple[str, str]:
        waits = max(PATIENCE * seconds, LEAST_WAIT)
        began = active = time.monotonic()
        seen = before
        while True:
            ended = self._has_ended()  # before the pipe is read, so that nothing is written after it
            with suppress(BlockingIOError):
                said = os.read(self._source, MESSAGE)
                self._done += len(said)
                self._last |= LAST in said
            if self._done:
                self._done -= 1
                return "sent", ""
            if ended:
                return self._ending()
            computed, now = self._computed(), time.monotonic()
            if computed - before > seconds:
                return "timed out", f"{seconds:g} s of processor time were over"
            if computed > seen or self._around.any_ready():
                seen, active = computed, now
            if now - active > idle:
                return "infrastructure", f"it did nothing for {idle:g} s"
            if now - began > waits:
                return "infrastructure", f"it was not finished after {waits:g} s"
            ready, _, _ = select.select([self._source, self._control.fileno()], [], [], _GLANCE)
            if self._control.fileno() in ready:  # the other side says nothing meanwhile, so it has hung up
                self.end()
                sys.exit()

    def _has_ended(self) -> bool:
        """Take leave of every process that has ended, and count its processor time."""
        with suppress(ChildProcessError):
            while True:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                self._reaped += usage.ru_utime + usage.ru_stime
                if pid == self._pid:
                    self._status = status
        return self._status is not None

    def has_left_something(self) -> bool:
        """Whether an answer goes on computing, in threads or in other processes."""
        self._has_ended()
        return self._last or any(pid != self._pid for pid in self._around.others())

    def _computed(self) -> float:
        """Return the processor time, in seconds, of all processes that this child has been and has started."""
        self._has_ended()
        return self._reaped + self._around.seconds()

    def _ending(self) -> tuple[str, str]:
        code = os.waitstatus_to_exitcode(self._status or 0)
        if code == TAMPERED:
            return "tampered", "it changed what examines it"
        return "crashed", f"the process ended with {signal.Signals(-code).name if code < 0 else f'status {code}'}"

    def end(self) -> None:
        """Kill whatever is left, however many processes it has become, and wait until all have gone."""
        with suppress(ChildProcessError):
            while True:
                self._around.kill_others()
                os.wait()


def require_one_thread(around: Surroundings) -> None:
    """Refuse to fork a process with several threads, of which a child would have one and all locks of the others.

    Raises:
        RuntimeError: it has several.
    """
    count = around.threads()
    if count != 1:
        raise RuntimeError(f"the parent has {count} threads, and a fork copies one")


def _be_child(job: int, sink: int, progress: int, questions: list[str]) -> None:
    """Be the child; this never returns."""
    status = 1
    try:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(nowhere, stream)
        os.close(nowhere)
        with suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text(
                "1000", encoding="ascii"
            )  # where memory is short, it goes first
        with os.fdopen(job, "rb") as file:
            file.seek(0)
            (given,) = FrameReader().feed(file.read())
        parsed = GradedJob.model_validate(given.header)
        answer_questions(parsed, given.payload, questions, sink=sink, progress=progress)
        status = 0
    finally:
        os._exit(status)


def _send(control: socket.socket, report: Report) -> None:
    control.send(json.dumps(report).encode())


def _clear(scratch: Sequence[Path]) -> None:
    """Empty the scratch folders for the next child.

    Raises:
        RuntimeError: something in them can't be removed, such as a tree that is deeper than a path may be long.
    """
    try:
        for folder in scratch:
            for entry in folder.iterdir():
                _remove(entry)
    except (OSError, RecursionError) as error:
        raise RuntimeError(f"the scratch folder can't be emptied ({error})") from None


def _remove(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink()
        return
    path.chmod(0o700)
    for entry in path.iterdir():
        _remove(entry)
    path.rmdir()


def main(modules: list[str]) -> None:
    """Import the modules, and serve on the standard input."""
    scratch = os.environ.get(OUTSIDE)
    around: Surroundings = Outside(Path(scratch)) if scratch else InsideSandbox()
    around.prepare()
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for module in modules:
        importlib.import_module(module)
    with suppress(BrokenPipeError, ConnectionResetError):
        serve(control, around)


if __name__ == "__main__":
    main(sys.argv[1:])
