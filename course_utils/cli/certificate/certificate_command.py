"""``course certificate``: one page to print, from the learner's own record."""

import os
from pathlib import Path
from typing import Annotated

import typer

from course_utils.errors import CourseError
from course_utils.files import write_atomically


def certificate(
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page; an existing one is replaced.")] = Path(
        "certificate.html"
    ),
    name: Annotated[str, typer.Option(help="The name that stands on it; none by default.")] = "",
    workspace: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Your copy of the lessons, if not in workspace/.")
    ] = None,
) -> None:
    """Write a page to print: what you did, and your predictions against what was measured.

    It is made from the record on this computer, and nothing is sent anywhere.

    Example: course certificate --name "Ada Lovelace"
    """
    from course_utils.checkout import find_checkout
    from course_utils.cli.certificate.certificate_page import LONGEST_NAME, page
    from course_utils.cli.desk.desk_page import read_lessons
    from course_utils.learn import progress

    if len(name) > LONGEST_NAME:
        raise CourseError(f"--name has {len(name)} characters, and {LONGEST_NAME} are the most. Give a shorter one.")
    if out.is_dir():
        raise CourseError(f"{out} is a folder. Give --out the name of a file, such as {out / 'certificate.html'}.")
    checkout = find_checkout()
    folder = (workspace or checkout / "workspace").absolute()
    record = Path(os.environ.setdefault("COURSE_PROGRESS", str(folder / ".course_progress.json")))
    try:
        _, parts = progress.read_record(record.read_bytes())
    except FileNotFoundError:
        raise CourseError(
            f"There is no record of your progress in {record.parent}. Open a lesson with 'course lab' and answer "
            "something first, or name the folder of your lessons with --workspace."
        ) from None
    except progress.NoRecordError as reason:
        raise CourseError(f"{record} can't be used: {reason}. Restore a copy of it, or move it away.") from None
    write_atomically(out, page(read_lessons(checkout), parts, name.strip()))
    print(f"Wrote {out}. Open it in a browser, and print it from there.")
