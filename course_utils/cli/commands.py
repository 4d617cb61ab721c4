"""The commands, each a few lines that call the packages below.

Heavy libraries are imported inside the commands, so that ``course --help`` answers at once.
"""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from course_utils.cli import adapting_command, advising, class_commands, lab_export, models, tuning_command
from course_utils.cli.certificate import certificate_command
from course_utils.cli.terminal import Json, progress


def lab(
    workspace: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Your copy of the lessons, if not in workspace/.")
    ] = None,
    restart: Annotated[
        str | None, typer.Option(metavar="LESSON", help="Start this lesson over; your version is backed up.")
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser; the address is printed either way.")] = True,
) -> None:
    """Open JupyterLab on your own copy of the lessons.

    Files that you changed are never overwritten. New lessons are added, and unchanged ones are updated.

    Example: course lab --restart 02
    """
    from course_utils.checkout import find_checkout, find_lessons
    from course_utils.cli import background_fetch
    from course_utils.cli import jupyterlab_server as jupyter
    from course_utils.cli import workspace as copies
    from course_utils.learn.renumbering import HEIRS

    checkout = find_checkout()
    lessons, folder = checkout / "lessons", (workspace or checkout / "workspace").absolute()
    new = not (folder / copies.RECORD).exists()
    notebook = None
    if restart:
        (lesson,) = find_lessons(checkout, [restart])
        notebook = lesson.notebook.name
        backup = copies.restart(lesson.notebook, folder, datetime.now())
        print(f"{notebook} was reset." + (f" Your version is in {backup}" if backup else ""))
    for change in copies.refresh(lessons, folder):
        if change.kind == "kept":
            print(f"Your {change.name} was kept. To get the course's newer version: course lab --restart LESSON")
        elif change.kind == "replaced":
            print(f"Your {change.name} was kept. Its contents are now in {' and '.join(HEIRS)}: go on there.")
        else:
            print(f"{change.kind.capitalize()} {change.name}")
    if new:
        copies.begin_progress(folder)
        background_fetch.offer(typer.confirm if sys.stdin.isatty() else None)
    raise typer.Exit(jupyter.serve(folder, notebook, browser=browser))


def doctor(as_json: Json = False) -> None:
    """Check this machine, and say how to fix what is wrong.

    Example: course doctor
    """
    from course_utils.doctor import run_checks

    checks = run_checks()
    if as_json:
        print(json.dumps([asdict(check) for check in checks], indent=1))
    else:
        for check in checks:
            print(f"{check.status:5} {check.name:12} {check.found}")
            if check.fix:
                print(f"{'':18} {check.fix}")
    raise typer.Exit(int(any(check.status == "fail" for check in checks)))


def build(
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Write nothing; list what is stale or unfit for release, and exit with 1 if anything is."
        ),
    ] = False,
) -> None:
    """Derive lessons/*.ipynb and the sealed quick checks; with --check, put every lesson through the release gates.

    Example: course build --check
    """
    from course_utils.authoring.build import build as derive
    from course_utils.checkout import find_checkout

    checkout = find_checkout()
    if check:
        raise typer.Exit(int(not _is_fit_for_release(checkout)))
    for path in derive(checkout):
        print(f"wrote {path.relative_to(checkout)}")


def _is_fit_for_release(checkout: Path) -> bool:
    """Return whether all derived files are current and no gate has a finding; print one line per fault."""
    from course_utils.authoring.build import stale as find_stale
    from course_utils.authoring.gates.examine import examine

    stale = find_stale(checkout)
    for name in stale:
        print(f"stale: {name}")
    if stale:
        print("Bring them up to date with: course build")
    with progress("lessons") as tell:
        examinations = examine(checkout, on_progress=tell)
    for examination in examinations:
        print(f"{examination.lesson}: {examination.figures}")
        for finding in examination.findings:
            print(f"  failed: {finding}")
    return not stale and not any(examination.findings for examination in examinations)


def validate(
    lessons: Annotated[list[str] | None, typer.Argument(metavar="[LESSON]...", help="All, if none is named.")] = None,
    profile: Annotated[
        Literal["smoke", "laptop", "real", "gpu"], typer.Option(help="How much each lesson runs.")
    ] = "smoke",
    jobs: Annotated[int, typer.Option(min=1, help="How many notebooks run at once.")] = 1,
    report: Annotated[Path | None, typer.Option(metavar="DIR", help="Write reports and executed notebooks.")] = None,
    seed: Annotated[int | None, typer.Option(help="A SEED other than the lesson's own.")] = None,
    backbone: Annotated[str | None, typer.Option(help="A BACKBONE other than the lesson's own.")] = None,
    dataset: Annotated[
        str | None, typer.Option(help="A DATASET other than the lesson's own, or a folder of pictures.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Run every lesson headless: solutions must pass, learners' versions must run to the end.

    In the profile smoke, a learner's version runs only if one of its cells uses an answer; in the others, always.

    Example: course validate 02 --profile laptop --report reports
    """
    from course_utils.checkout import find_checkout
    from course_utils.files import require_writable
    from course_utils.validation.report import as_json as to_json
    from course_utils.validation.validate import validate as run_validation

    if report:
        require_writable(report)
    validation = run_validation(
        find_checkout(),
        lessons or (),
        profile=profile,
        jobs=jobs,
        report=report,
        seed=seed,
        backbone=backbone,
        dataset=dataset,
    )
    if as_json:
        print(to_json(validation), end="")
    else:
        passed = sum(result.passed for result in validation.results)
        print(f"{passed} of {len(validation.results)} notebooks passed in {validation.seconds:.0f} s.")
        if report:
            print(f"The report: {report / 'report.html'}")
    raise typer.Exit(0 if validation.passed else 1)


def pretrain(
    name: Annotated[
        str, typer.Argument(help="embedded, embedded-textures, embedded-glyphs, voice, reader or assistant.")
    ],
    seed: Annotated[int, typer.Option(help="Seed of the pictures, the weights and the order.")] = 0,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the weights go.")] = Path("pretrained"),
) -> None:
    """Train again what ships: an embedded backbone, or an adapter of SmolLM2. Up to 20 minutes on 2 cores.

    Example: course pretrain embedded --seed 1
    """
    from course_utils.files import require_writable
    from course_utils.quiet import start_keras

    require_writable(out)
    start_keras()
    from course_utils.backbones.pretraining import pretrain as run_pretraining
    from course_utils.experiments.language_adapters import LANGUAGE_ADAPTERS, train_adapter

    if name in LANGUAGE_ADAPTERS:
        with progress("step") as tell:
            train_adapter(name, seed, out, on_progress=tell)
        print(f"Wrote the adapter and its manifest entry to {out}.")
        return
    with progress("epoch") as tell:
        entry = run_pretraining(name, seed, out, on_progress=tell)
    print(f"Wrote the weights and their manifest entry to {out}; source accuracy {entry['source_accuracy']}.")


def record(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="All, if none is named.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the recordings go.")] = Path("recorded"),
    check: Annotated[
        bool, typer.Option("--check", help="Run one cell of each recording again and compare; write nothing.")
    ] = False,
) -> None:
    """Record the runs that are too long for a lesson again: a quarter of an hour each.

    Example: course record scratch-shapes
    """
    from course_utils.files import require_writable
    from course_utils.quiet import start_keras

    if not check:
        require_writable(out)
    start_keras()
    from course_utils.experiments.record import check as check_recording
    from course_utils.experiments.record import record as run_recording
    from course_utils.experiments.registry import EXPERIMENTS

    held = True
    for name in names or EXPERIMENTS:
        if check:
            for cell in check_recording(name):
                held &= cell.holds
                print(cell, flush=True)
        else:
            with progress(name) as tell:
                path = run_recording(name, out, on_progress=tell)
            print(f"Wrote {path}.", flush=True)
    raise typer.Exit(0 if held else 1)


def shots(
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where the pictures go; docs/images/labs by default.")
    ] = None,
) -> None:
    """Take the pictures of the labs and of the desk again, light and dark, during their browser tests.

    Example: course shots --out pictures
    """
    from course_utils.checkout import find_checkout
    from course_utils.cli.shots import take
    from course_utils.files import require_writable

    checkout = find_checkout()
    folder = (out or checkout / "docs" / "images" / "labs").absolute()
    require_writable(folder)
    for picture in take(checkout, folder):
        print(f"wrote {picture}")


def bench(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="All but grading*, if none is named."),
    ] = None,
    lesson: Annotated[str, typer.Option(help="The lesson whose grading is measured, by its two digits.")] = "02",
    as_json: Json = False,
) -> None:
    """Measure the figures that the course names, most as a ratio of two things run in turn.

    Example: course bench cached-embedded
    """
    from course_utils.cli.bench import measure
    from course_utils.cli.bench_rows import LeftOut

    missed = False
    for row in measure(names or (), lesson):
        print(json.dumps(asdict(row)) if as_json else row, flush=True)
        missed |= not (isinstance(row, LeftOut) or row.reached)
    raise typer.Exit(int(missed))


def register(app: typer.Typer) -> None:
    """Add every command to ``app``."""
    for command in (lab, doctor, build, validate, pretrain, record, bench, shots):
        app.command()(command)
    app.command()(advising.advise)
    app.command()(adapting_command.adapt)
    app.command()(tuning_command.tune)
    app.command()(certificate_command.certificate)
    app.add_typer(lab_export.app, name="labs")
    app.add_typer(models.app, name="models")
    app.add_typer(class_commands.app, name="class")
