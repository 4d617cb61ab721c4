"""The commands for a class: make its folder, and find out what protects the machine."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from course_utils.cli.terminal import Json

app = typer.Typer(help="Set up a class for nbgrader.", no_args_is_help=True, rich_markup_mode=None)


@app.command("init")
def class_init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder outside the course.")],
) -> None:
    """Make a class folder for stock nbgrader.

    Example: course class init ~/teaching/spring
    """
    from course_utils.checkout import find_checkout
    from course_utils.grading.classroom import init, next_steps

    for path in init(folder, find_checkout()):
        print(f"Added {path}")
    print(next_steps(folder))


@app.command("doctor")
def class_doctor(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A class folder, which must be out of reach as well.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Try to break out of the sandbox that learners' code is graded in; exit with 1 if anything that matters gives way.

    Example: course class doctor ~/teaching/spring
    """
    from course_utils.grading.classroom import assignments
    from course_utils.grading.learners_sandbox import protection_in_force

    if folder:
        assignments(folder)  # refuses what is not a class folder
    found = protection_in_force([folder.absolute()] if folder else [])
    for protection in found if not as_json else ():
        state = "held" if protection.held else "FAILED" if protection.vital else "absent"
        print(f"{state:7} {protection.name:28} {protection.said}")
    if as_json:
        print(json.dumps([asdict(protection) for protection in found], indent=1))
    raise typer.Exit(int(any(protection.vital and not protection.held for protection in found)))
