"""The commands for a class: make its folder, grade what it hands in, and find out what protects the machine."""

import json
import os
import sys
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from course_utils.cli.terminal import Json
from course_utils.errors import CourseError

if TYPE_CHECKING:
    from course_utils.grading.class_grading import OpenPool

app = typer.Typer(help="Set up and grade a class.", no_args_is_help=True, rich_markup_mode=None)


LessonName = Annotated[str, typer.Argument(metavar="LESSON", help="The name of a folder in source/.")]
ClassFolder = Annotated[Path, typer.Option("--class", metavar="DIR", help="The class folder.")]


@app.command("init")
def class_init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder outside the course.")],
    quick_checks_count: Annotated[
        bool, typer.Option("--quick-checks-count", help="Give a point for each quick check; reasons come later.")
    ] = False,
) -> None:
    """Make a class folder for stock nbgrader.

    Example: course class init ~/teaching/spring
    """
    from course_utils.checkout import find_checkout
    from course_utils.grading.classroom import init, next_steps

    for path in init(folder, find_checkout(), quick_checks_count):
        print(f"Added {path}")
    print(next_steps(folder))


@app.command("release")
def class_release(
    lesson: LessonName,
    folder: ClassFolder = Path(),
    again: Annotated[
        bool, typer.Option("--again", help="Grade work that was handed in by the version of now.")
    ] = False,
) -> None:
    """Make what you hand out of a lesson, and keep the version that it was made from for grading.

    Example: course class release 02_feature_extraction --class ~/teaching/spring
    """
    from course_utils.grading.release import release

    print(f"Hand out {release(folder.absolute(), lesson, again)}")


@app.command("collect")
def class_collect(
    lesson: LessonName,
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="Moodle's or Canvas's zip file, or a folder.")],
    folder: ClassFolder = Path(),
    groups: Annotated[
        Path | None, typer.Option("--groups", metavar="CSV", help="Columns group,learner: one submission for all.")
    ] = None,
    worksheet: Annotated[
        Path | None, typer.Option("--worksheet", metavar="CSV", help="Moodle's grading worksheet: ids and times.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Put what was handed in into submitted/; exit with 1 if something could not be taken.

    Example: course class collect 02_feature_extraction ~/Downloads/submissions.zip --class ~/teaching/spring
    """
    from course_utils.grading.collecting.collect import collect
    from course_utils.grading.collecting.rosters import Roster, read_groups, read_worksheet
    from course_utils.learn.evidence import bounded

    roster = Roster(read_groups(groups) if groups else {}, read_worksheet(worksheet) if worksheet else {})
    counts: Counter[str] = Counter()
    for one in collect(folder.absolute(), lesson, archive.absolute(), roster):
        counts[one.outcome] += 1
        if as_json:
            print(json.dumps(asdict(one)), flush=True)
        else:
            print(f"{bounded(one.learner):24} {one.outcome:10} {bounded(' '.join(one.remarks))}", flush=True)
    if not as_json:
        print(", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "Nothing was handed in.")
    raise typer.Exit(int(bool(counts["refused"])))


@app.command("export")
def class_export(
    lesson: LessonName,
    folder: ClassFolder = Path(),
    platform: Annotated[str, typer.Option("--format", metavar="moodle|canvas|csv", help="Whose table.")] = "csv",
) -> None:
    """Write everybody's scores and their status into exports/, and the table that a platform takes in.

    Example: course class export 02_feature_extraction --format moodle --class ~/teaching/spring
    """
    from course_utils.grading.export import export

    paths, unknown = export(folder.absolute(), lesson, platform)
    for path in paths:
        print(f"Wrote {path}")
    if unknown:
        print(f"The table for {platform} lacks {', '.join(unknown)}: collect from its own file, or with --worksheet.")


@app.command("grade")
def class_grade(
    lesson: LessonName,
    folder: ClassFolder = Path(),
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Submissions to run side by side: half the number of cores. With --dask, workers."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Have the workers of this Dask scheduler run them.")
    ] = None,
    dask: Annotated[
        Literal["slurm", "kubernetes"] | None,
        typer.Option(help="Start --jobs Dask workers there, which run them."),
    ] = None,
    unsafe: Annotated[
        bool, typer.Option("--unsafe", help="Grade even where there is no sandbox: submissions run as you.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Grade a lesson's submissions in a sandbox, into nbgrader's gradebook; exit with 1 if a person must look at any.

    Work that was graded before and hasn't changed is not run again. With --json, a line for each submission. With
    --scheduler or --dask, other machines run the answers, and this one judges what comes back.

    Example: course class grade 02_feature_extraction --class ~/teaching/spring
    """
    from course_utils.quiet import start_keras

    if unsafe and not (scheduler is None and dask is None):
        raise typer.BadParameter("--unsafe is for this machine alone. The workers of a cluster must have a sandbox.")
    if scheduler is not None and (dask or jobs):
        raise typer.BadParameter("--scheduler leaves no choice of --dask or --jobs: its workers are there.")
    open_pool = _cluster(scheduler, dask, jobs)
    start_keras()
    from course_utils.cli.class_progress import show, show_as_json
    from course_utils.execution.sandbox.bubblewrap import has_sandbox
    from course_utils.execution.sandbox.unconfined import WARNING
    from course_utils.grading.class_grading import everyone, grade_class

    if unsafe and not has_sandbox():
        print(WARNING, file=sys.stderr)
    folder = folder.absolute()
    # TensorFlow uses several cores for one submission, and this process judges what comes back.
    jobs = jobs or max(1, (os.cpu_count() or 1) // 2)
    grading = grade_class(folder, lesson, jobs, unsafe=unsafe, open_pool=open_pool)
    open_cases = show_as_json(grading) if as_json else show(grading, len(everyone(folder, lesson)))
    if open_cases and not as_json:
        print(
            f"A person must look at {open_cases}: what has no points is not 0. See Formgrader, or the sentences above."
        )
    raise typer.Exit(int(bool(open_cases)))


def _cluster(scheduler: str | None, dask: Literal["slurm", "kubernetes"] | None, jobs: int | None) -> "OpenPool | None":
    """Return what opens the cluster that was asked for; None for this machine."""
    if scheduler is None and dask is None:
        return None
    if dask and not jobs:
        raise typer.BadParameter("--dask needs to know how many workers to start: --jobs 8")
    try:
        import distributed  # noqa: F401 - only to find out whether it is there
    except ImportError:
        raise CourseError(
            "Grading on a cluster needs Dask distributed. Install it in the course's folder: "
            'python -m pip install --editable ".[cluster]"'
        ) from None
    from course_utils.grading.cluster.connecting import pool_at, pool_started_by

    return partial(pool_started_by, dask, jobs) if dask and jobs else partial(pool_at, scheduler or "")


@app.command("feedback")
def class_feedback(
    lesson: Annotated[str, typer.Argument(metavar="LESSON", help="The name of a folder in source/.")],
    folder: Annotated[Path, typer.Option("--class", metavar="DIR", help="The class folder.")] = Path(),
    lessons: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where the lesson's notebook is, seen from a learner's page.")
    ] = "../..",
) -> None:
    """Write each learner's page of feedback, from what class grade found and what a person has entered since.

    Exits with 1 if there is someone for whom the page can only say why there are no results.

    Example: course class feedback 02_feature_extraction --class ~/teaching/spring
    """
    from course_utils.quiet import start_keras

    start_keras()
    from course_utils.grading.class_results import read_class_results
    from course_utils.grading.feedback_pages import write_feedback
    from course_utils.learn.evidence import bounded

    folder = folder.absolute()
    results = read_class_results(folder, lesson)
    unread = 0
    for result in write_feedback(folder, results, lessons):
        unread += bool(result.unread)
        print(f"{bounded(result.learner):24} {result.unread or f'{result.points:g} of {result.worth:g}'}")
    print(f"The pages are in {results.feedback}.")
    raise typer.Exit(int(bool(unread)))


@app.command("report")
def class_report(
    lessons: Annotated[list[str], typer.Argument(metavar="LESSON...", help="The names of folders in source/.")],
    folder: Annotated[Path, typer.Option("--class", metavar="DIR", help="The class folder.")] = Path(),
    names: Annotated[bool, typer.Option("--names", help="Show learners' ids instead of pseudonyms.")] = False,
) -> None:
    """Write a page on what the class believes, with JSON and CSV beside it, to the class folder's report/.

    Example: course class report 02_feature_extraction --class ~/teaching/spring
    """
    from course_utils.quiet import start_keras

    start_keras()
    from course_utils.grading.class_report.report_page import write_report

    for path in write_report(folder.absolute(), lessons, show_ids=names):
        print(path)


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
