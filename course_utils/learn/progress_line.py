"""A line that says how far a long computation is, and how long it will still take."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

_Item = TypeVar("_Item")

_SILENT = 1.5  # seconds; what is done sooner needs no line
_EVERY = 0.5  # seconds between two versions of the line


def with_progress(items: Sequence[_Item], what: str) -> Iterator[_Item]:
    """Yield the items of a long loop in order; a line says how many turns are done and how long the others will take.

    Args:
        what: is being done, such as ``"six rates"``.
    """
    tell = progress_line(what, "turns")
    for done, item in enumerate(items, start=1):
        yield item
        tell(done, len(items))


def progress_line(what: str, unit: str = "steps") -> Callable[[int, int], None]:
    """Return a function to call with (steps done, steps in total); it keeps one line of print up to date.

    Args:
        what: is being done, such as ``"training from scratch"``.
        unit: what is counted.
    """
    started = last = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        passed = now - started
        if done < total and passed >= _SILENT and now - last >= _EVERY:
            last = now
            left = passed * (total - done) / done
            print(f"\r{what}: {done} of {total} {unit}, about {left:.0f} s to go   ", end="", flush=True)
        elif done == total and passed >= _SILENT:
            print(f"\r{what}: {total} {unit} in {passed:.0f} s" + " " * 24, flush=True)

    return tell
