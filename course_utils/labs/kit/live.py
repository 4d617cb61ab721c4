"""Work that runs beside the notebook: one thread at a time, which reports its progress only through traits."""

import atexit
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol
from weakref import WeakSet

import traitlets

from course_utils.errors import CourseError
from course_utils.labs.kit.interrupts import when_interrupted

#: Seconds between two updates of the page, at least.
INTERVAL = 0.1
#: Seconds after which an abandoned, paused run ends.
_FORGOTTEN = 600.0
_busy = threading.Lock()  # held by the one thread at work
_all: WeakSet["Live"] = WeakSet()


class Update(Protocol):
    """What work yields: ``measured`` if a single step ends here, and ``words``; the last words are said at the end."""

    @property
    def measured(self) -> bool: ...
    @property
    def words(self) -> str: ...


class Control:
    """What the page asks of a thread at work; the thread checks it between two steps."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._on_stop: list[Callable[[], None]] = []
        self._paused = self._single = self.stopped = False

    def on_stop(self, stop: Callable[[], None]) -> None:
        """Call ``stop`` as soon as the run is stopped, even in the middle of a step."""
        with self._changed:
            self._on_stop.append(stop)
            stopped = self.stopped
        if stopped:
            stop()

    def stop(self) -> None:
        with self._changed:
            self.stopped = True
            callbacks = list(self._on_stop)
            self._changed.notify_all()
        for callback in callbacks:
            callback()

    def pause(self, paused: bool, *, single: bool = False) -> None:
        """Pause or go on; with ``single``, go on to the next measurement and pause there."""
        with self._changed:
            self._paused, self._single = paused, single
            self._changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait this long, or until the run is stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped, seconds)

    def waits(self, measured: bool) -> bool:
        """Return whether the thread must wait after this update; a single step ends at a measurement."""
        with self._changed:
            if measured:
                self._single = False
            return self._paused and not self._single and not self.stopped

    def wait(self) -> None:
        """Wait for a resume, a step or a stop; stop an abandoned run."""
        with self._changed:
            going = self._changed.wait_for(lambda: self.stopped or self._single or not self._paused, _FORGOTTEN)
        if not going:
            self.stop()


Work = Callable[[Control], Iterator[Update]]


class Live(traitlets.HasTraits):
    """A lab's runs, one after the other, each in its own thread; only one run at a time in the whole notebook.

    Attributes:
        phase: ``idle``, ``running``, ``paused`` or ``stopping``.
        update: the work's newest update; several within a tenth of a second become one, but the last always arrives.
        words: what happened to a run or a request, in one sentence.
    """

    phase = traitlets.Enum(["idle", "running", "paused", "stopping"], "idle")
    update = traitlets.Any()
    words = traitlets.Unicode()

    def __init__(self) -> None:
        super().__init__()
        self._control = Control()
        self._thread: threading.Thread | None = None
        self._turn = threading.RLock()  # held while a run begins, and from its end until it is announced
        _all.add(self)

    def start(self, work: Work, words: str = "") -> bool:
        """Start work in a thread and say ``words``, unless something is running; return whether it started."""
        with self._turn:
            if not _busy.acquire(blocking=False):
                mine = self.phase != "idle"
                self._say(
                    "This run is still going. Wait until it ends, or stop it first."
                    if mine
                    else "Another lab in this notebook is running. Wait until it ends, or stop it there."
                )
                return False
            when_interrupted(stop_all)
            self._control = Control()
            self.phase, self.words = "running", words
            self._thread = threading.Thread(target=self._run, args=(work, self._control), daemon=True, name="lab")
            self._thread.start()
            return True

    def pause(self) -> None:
        """Pause after the current step."""
        if self.phase == "running":
            self._control.pause(True)

    def resume(self) -> None:
        """Go on after a pause."""
        self._control.pause(False)

    def step(self) -> None:
        """Go on to the next measurement, and pause there."""
        self._control.pause(True, single=True)

    def stop(self) -> None:
        """End after the current step; what was learned is kept."""
        if self.phase in ("running", "paused"):
            self.phase, self.words = "stopping", "Stopping: the current step finishes first."
            self._control.stop()

    def join(self, seconds: float | None = None) -> None:
        """Wait for the thread to end."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, work: Work, control: Control) -> None:
        said, pending, shown_at = "Stopped before the first step.", None, 0.0
        try:
            for update in work(control):
                said, pending = update.words or said, update
                waits = control.waits(update.measured)
                if waits or time.monotonic() - shown_at >= INTERVAL:
                    self.update, pending, shown_at = update, None, time.monotonic()
                if waits:
                    self.phase = "paused"
                    control.wait()
                if not control.stopped:
                    self.phase = "running"
            if pending is not None:
                self.update = pending
        except CourseError as problem:
            said = str(problem)
        except Exception as problem:  # the learner reads a sentence, and the lab stays usable
            said = f"The run failed ({type(problem).__name__}: {str(problem)[:200]}). Start it again."
        finally:
            with self._turn:
                _busy.release()
                self.phase = "idle"
                self._say(said)

    def _say(self, words: str) -> None:
        if self.words == words:
            self.words = ""  # an unchanged trait would not be announced again
        self.words = words


def stop_all(seconds: float = 0.0) -> None:
    """Stop every run, and wait up to this long for each to end."""
    for live in list(_all):
        live.stop()
        if seconds:
            live.join(seconds)


atexit.register(stop_all, 2.0)
