"""A limit on the processor time of code that may never return.

It is processor time because a busy machine must not decide an answer; code that only waits is stopped by the clock,
much later. On the main thread of Linux and macOS, signals interrupt anything that Python does, sleeping included.
Elsewhere (Windows, other threads) the exception is planted in the thread and takes effect at its next line of Python,
so a call that blocks inside the operating system is not cut short there.
"""

import contextlib
import ctypes
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

PATIENCE = 10  # clock time that is allowed, in multiples of the processor time
_AGAIN = 0.5  # seconds until the next attempt, for code that swallows the first
_GLANCE = 0.05  # seconds between two readings of the processor time, where there are no signals


class OutOfTime(BaseException):  # so that the learner's `except Exception` misses it
    """The code in a ``processor_time_limit`` block was still running when its time was over."""


@contextlib.contextmanager
def processor_time_limit(seconds: float) -> Iterator[None]:
    """Raise OutOfTime inside the block once this process has computed for ``seconds``, summed over its cores.

    On two cores that compute at once the time passes twice as fast. After ``PATIENCE`` times as long on the clock it is
    raised in any case.
    """
    on_main = threading.current_thread() is threading.main_thread()
    with _by_signals(seconds) if on_main and hasattr(signal, "setitimer") else _by_thread(seconds):
        yield


@contextlib.contextmanager
def _by_signals(seconds: float) -> Iterator[None]:
    def stop(signum: int, frame: Any) -> None:
        raise OutOfTime

    began = time.monotonic()
    timers = ((signal.ITIMER_PROF, signal.SIGPROF, seconds), (signal.ITIMER_REAL, signal.SIGALRM, PATIENCE * seconds))
    handlers = [signal.signal(number, stop) for _, number, _ in timers]
    before = [signal.setitimer(timer, limit, _AGAIN) for timer, _, limit in timers]
    try:
        yield
    finally:
        for (timer, number, _), handler, (left, interval) in zip(timers, handlers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)
            if left:  # an alarm was already set: it goes on
                signal.setitimer(timer, max(left - (time.monotonic() - began), 0.001), interval)


@contextlib.contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    thread = ctypes.c_ulong(threading.get_ident())
    lock, over = threading.Lock(), threading.Event()
    computed, began = time.process_time(), time.monotonic()

    def stop() -> None:
        wait = _GLANCE
        while not over.wait(wait):
            if time.process_time() - computed < seconds and time.monotonic() - began < PATIENCE * seconds:
                continue
            with lock:
                if not over.is_set():
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(OutOfTime))
            wait = _AGAIN

    watch = threading.Thread(target=stop, daemon=True)
    watch.start()
    try:
        yield
    finally:
        with lock:
            over.set()
            ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, None)  # cancels one that has not taken effect yet
