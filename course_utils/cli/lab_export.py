"""``course labs``: the labs as web pages."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The labs, outside the notebooks.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def labs() -> None:
    """The labs, outside the notebooks."""


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the pages go.")],
    lessons: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where the lessons' pages are, seen from a lab's page.")
    ] = "../../lessons",
) -> None:
    """Write the labs as web pages that need no Python: any static server serves them.

    Example: course labs export site/labs
    """
    from course_utils.quiet import loading_keras

    with loading_keras():
        from course_utils.labs.lab_pages import export_labs

    for page in export_labs(folder, lessons):
        size = sum(file.stat().st_size for file in page.parent.iterdir())
        print(f"{page} ({size / 1000:.0f} kB with everything it needs)")
