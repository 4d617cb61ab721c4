"""What the commands share: the option for JSON, and the progress bar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@contextmanager
def progress(unit: str) -> Iterator[Callable[..., None]]:
    """Show a progress bar with the time left; yield a function of (done, total, metrics) that moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    said = TextColumn("{task.description}")
    columns = TextColumn(unit), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(), said
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        bar = bars.add_task("")

        def tell(done: int, total: int, metrics: dict[str, float] | None = None) -> None:
            description = ", ".join(f"{key} {value:.3f}" for key, value in (metrics or {}).items())
            bars.update(bar, completed=done, total=total, description=description)

        yield tell
