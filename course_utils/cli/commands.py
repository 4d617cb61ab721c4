"""The commands, each a few lines that call the floor below.

Heavy libraries are imported inside the commands, so that ``course --help`` answers at once.
"""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

FIRST_LESSON = "00_start_here.ipynb"

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]


def lab(
    workspace: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Your copy of the lessons, if not in workspace/.")
    ] = None,
    restart: Annotated[
        str | None, typer.Option(metavar="LESSON", help="Start this lesson afresh; yours becomes a backup.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser; the address is printed either way.")] = True,
) -> None:
    """Open JupyterLab on your own copy of the lessons.

    What you changed is never overwritten: new lessons are added, untouched ones are brought up to date.

    Example: course lab --restart 02
    """
    from course_utils.cli import lab as jupyter
    from course_utils.cli import workspace as copies
    from course_utils.cli.checkout import find_checkout

    checkout = find_checkout()
    lessons, folder = checkout / "lessons", (workspace or checkout / "workspace").absolute()
    if restart:
        notebook = copies.find_lesson(lessons, restart).name
        backup = copies.restart(lessons, folder, restart, datetime.now())
        print(f"{notebook} is fresh again." + (f" Your version: {backup}" if backup else ""))
    else:
        notebook = FIRST_LESSON
    for change in copies.refresh(lessons, folder):
        if change.kind == "kept":
            print(f"Your {change.name} is kept. The course has a newer one: course lab --restart LESSON")
        else:
            print(f"{change.kind.capitalize()} {change.name}")
    raise typer.Exit(jupyter.serve(folder, notebook, browser=browser))


def doctor(as_json: Json = False) -> None:
    """Check this machine, with a mend for whatever is missing.

    Example: course doctor
    """
    from course_utils.cli.doctor import run_checks

    checks = run_checks()
    if as_json:
        print(json.dumps([asdict(check) for check in checks], indent=1))
    else:
        for check in checks:
            print(f"{check.status:5} {check.name:12} {check.found}")
            if check.mend:
                print(f"{'':18} {check.mend}")
    raise typer.Exit(int(any(check.status == "fail" for check in checks)))


def build(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; list what is stale and exit with 1.")
    ] = False,
) -> None:
    """Derive lessons/*.ipynb from solutions/*.py.

    Example: course build --check
    """
    from course_utils.cli.checkout import find_checkout
    from course_utils.run import build as builder

    checkout = find_checkout()
    if check:
        stale = builder.stale(checkout)
        for name in stale:
            print(f"stale: {name}")
        if stale:
            print("Bring them up to date with: course build")
        raise typer.Exit(int(bool(stale)))
    for name in builder.build(checkout):
        print(f"wrote {name}")


def validate(
    lessons: Annotated[
        list[str] | None, typer.Argument(metavar="[LESSON]...", help="All, if none is named.")
    ] = None,
    profile: Annotated[str, typer.Option(help="How much to run: smoke, laptop or gpu.")] = "smoke",
    jobs: Annotated[int, typer.Option(min=1, help="How many notebooks to run at once.")] = 1,
    report: Annotated[Path, typer.Option(metavar="DIR", help="Where the reports and notebooks go.")] = Path(
        "reports"
    ),
) -> None:
    """Run every lesson without a screen: the solutions must pass, the learners' versions must run to the end.

    Example: course validate 02 --profile laptop --report reports
    """


def pretrain(
    name: Annotated[str, typer.Argument(help="embedded, embedded-textures or embedded-glyphs.")],
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the weights go.")],
    seed: Annotated[int, typer.Option(help="Of the pictures, the weights and their order.")] = 0,
) -> None:
    """Pretrain an embedded backbone again (up to 20 minutes on 2 cores).

    Example: course pretrain embedded --seed 1 --out my-weights
    """


def class_init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder outside the course.")],
) -> None:
    """Make a class folder that stock nbgrader works in.

    Example: course class init ~/teaching/spring
    """
    from course_utils.grading import classroom

    classroom.init(folder)
    print(f"{folder} is a class folder. In it: nbgrader autograde 02_feature_extraction")


def bench(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="All, if none is named.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Measure every figure that the course names, as a ratio of two things run in turn.

    Example: course bench cached-features
    """
    from course_utils.cli import bench as benches

    for row in benches.measure(names or list(benches.BENCHES)):
        print(json.dumps(asdict(row)) if as_json else row)


def register(app: typer.Typer) -> None:
    """Put every command on ``app``."""
    for command in (lab, doctor, build, validate, pretrain, bench):
        app.command()(command)
    class_app = typer.Typer(
        help="Make and keep a class for nbgrader.", no_args_is_help=True, rich_markup_mode=None
    )
    class_app.command("init")(class_init)
    app.add_typer(class_app, name="class")
