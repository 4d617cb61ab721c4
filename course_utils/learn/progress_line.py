"""A line that says how far a long computation is, and how long it will still take."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from IPython.display import DisplayHandle, display

_Item = TypeVar("_Item")

_SILENT = 1.5  # seconds; what is done sooner needs no line
_EVERY = 0.5  # seconds between two versions of the line


class _Line(str):
    """Text that shows itself without quotation marks."""

    __slots__ = ()
    __repr__ = str.__str__


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
    """Return a function to call with (steps done, steps in total); it keeps one line of a cell's output up to date.

    The line is replaced, not printed again, so a saved notebook keeps its last version alone.

    Args:
        what: is being done, such as ``"training from scratch"``.
        unit: what is counted.
    """
    started = last = time.monotonic()
    first: tuple[float, int] | None = None  # when the first step was done: it compiles, and says little of the others
    shown: DisplayHandle | None = None

    def show(words: str) -> None:
        nonlocal shown
        if shown:
            shown.update(_Line(words))
        else:
            shown = display(_Line(words), display_id=True)

    def tell(done: int, total: int) -> None:
        nonlocal first, last
        now = time.monotonic()
        if now - started >= _SILENT:
            if done == total:
                show(f"{what}: {total} {unit} in {now - started:.0f} s")
            elif first is None:
                show(f"{what}: {done} of {total} {unit}")
            elif now - last >= _EVERY:
                last = now
                left = (now - first[0]) * (total - done) / (done - first[1])
                show(f"{what}: {done} of {total} {unit}, about {left:.0f} s to go")
        first = first or (now, done)

    return tell
