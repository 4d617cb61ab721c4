"""The progress of a validation: a live bar in a terminal, one line per notebook elsewhere; both with an ETA."""

import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from course_utils.validation.results import NotebookResult


class ValidationProgress:
    """A context manager that shows progress. Report work to it in any unit, from any thread.

    Args:
        work: the total work of all notebooks.
        notebooks: how many there are.
    """

    def __init__(self, work: float, notebooks: int) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._work, self._done = max(work, 1e-9), 0.0
        self._notebooks, self._ended = notebooks, 0
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left:"),
            TimeRemainingColumn(elapsed_when_finished=False),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._bar = self._bars.add_task("notebooks", total=notebooks)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def advance(self, work: float) -> None:
        """Add ``work`` to the work that is done."""
        with self._lock:
            self._done += work
            self._bars.update(self._bar, completed=self._notebooks * min(self._done / self._work, 1.0))

    def ended(self, result: NotebookResult) -> None:
        """Print how a notebook ended."""
        with self._lock:
            self._ended += 1
            summary, *details = describe(result)
            line = f"[{self._ended}/{self._notebooks}] {summary}"
            if self._ended < self._notebooks and not self._console.is_terminal:
                line += f"; about {self._seconds_left():.0f} s left"
            self._console.print("\n".join([line, *details]), markup=False, soft_wrap=True)

    def _seconds_left(self) -> float:
        elapsed = time.monotonic() - self._started
        return elapsed * (self._work / self._done - 1) if self._done else 0.0


def describe(result: NotebookResult) -> list[str]:
    """Return a result as lines: its outcome, its warnings and, for a failure, the cell's source and last output."""
    lines = [f"{result.lesson} {result.version}: {result.outcome}, {result.seconds:.1f} s, {result.peak_mb:.0f} MB"]
    lines += [f"    warning: {warning}" for warning in result.warnings]
    if failure := result.failure:
        lines.append(f"    {result.lesson}, {result.version}, cell {failure.number} ({failure.cell}):")
        lines += [f"    | {text}" for text in failure.source.split("\n")]
        lines.append("    it ended with:")
        lines += [f"    > {text}" for text in failure.last_lines.split("\n")]
    return lines
