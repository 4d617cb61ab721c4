"""What the commands share: the option for JSON, and the progress bar."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@contextmanager
def progress(unit: str) -> Iterator[Callable[..., None]]:
    """Show a progress bar with the time left; yield a function of (done, total, metrics, said) that moves it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    said = TextColumn("{task.description}")
    columns = TextColumn(unit), MofNCompleteColumn(), BarColumn(), TimeRemainingColumn(), said
    console = Console(stderr=True)
    # What is printed meanwhile is shown above the bar; where it goes to a file or a pipe, it must go there.
    with Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=sys.stdout.isatty(),
    ) as bars:
        bar = bars.add_task("")

        def tell(done: int, total: int, metrics: dict[str, float] | None = None, said: str = "") -> None:
            description = said or ", ".join(f"{key} {value:.3f}" for key, value in (metrics or {}).items())
            bars.update(bar, completed=done, total=total, description=description)

        yield tell
