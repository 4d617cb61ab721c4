"""A line that says how far a long computation is, and how long it will still take."""

import time
from collections.abc import Callable

_SILENT = 1.5  # seconds; what is done sooner needs no line
_EVERY = 0.5  # seconds between two versions of the line


def progress_line(what: str) -> Callable[[int, int], None]:
    """Return a function to call with (steps done, steps in total); it keeps one line of print up to date.

    Args:
        what: is being done, such as ``"training from scratch"``.
    """
    started = last = time.monotonic()
    first: tuple[float, int] | None = None  # when the first step was done; it compiles, which the others don't

    def tell(done: int, total: int) -> None:
        nonlocal first, last
        now = time.monotonic()
        passed = now - started
        if first is None:
            first = now, done
        elif done < total and passed >= _SILENT and now - last >= _EVERY:
            last = now
            left = (now - first[0]) * (total - done) / (done - first[1])
            print(f"\r{what}: {done} of {total} steps, about {left:.0f} s to go   ", end="", flush=True)
        if done == total and passed >= _SILENT:
            print(f"\r{what}: {total} steps in {passed:.0f} s" + " " * 24, flush=True)

    return tell
