"""Put a notebook into ``submitted``, whole or not at all."""

from datetime import datetime
from pathlib import Path
from typing import Literal

from course_utils.files import write_atomically
from course_utils.grading.collecting.owners import TIMESTAMP
from course_utils.grading.submissions import MAX_BYTES, UnreadableSubmissionError, read_bounded, read_time

PlacedOutcome = Literal["added", "replaced", "unchanged", "refused"]


def place(
    submitted: Path, learner: str, lesson: str, text: bytes, time: datetime | None
) -> tuple[PlacedOutcome, tuple[str, ...]]:
    """Write a learner's notebook and when it was handed in, unless what is there was handed in later.

    Args:
        time: in UTC; None if that isn't known, so that it counts as in time.

    Returns:
        What was done, and what is odd about it.
    """
    folder = submitted / learner / lesson
    if folder.is_symlink() or folder.parent.is_symlink():
        return "refused", (f"{folder} leads through a link. Put a folder in its place.",)
    notebook, stamp = folder / f"{lesson}.ipynb", folder / TIMESTAMP
    there = _content(submitted, (learner, lesson, notebook.name))
    before = _time(_content(submitted, (learner, lesson, TIMESTAMP)))
    if there is not None and time is not None and before is not None and before > time:
        return "unchanged", ("What is there was handed in later.",)
    if time is not None and time != before:
        write_atomically(stamp, f"{time:%Y-%m-%d %H:%M:%S.%f} UTC\n")
    if there == text:
        return "unchanged", ()
    if time is None:
        stamp.unlink(missing_ok=True)  # it was another notebook's
    write_atomically(notebook, text)
    return ("added" if there is None else "replaced"), ()


def _content(root: Path, names: tuple[str, ...]) -> bytes | None:
    try:
        return read_bounded(root, names, MAX_BYTES)
    except (OSError, UnreadableSubmissionError):
        return None


def _time(text: bytes | None) -> datetime | None:
    try:
        return None if text is None else read_time(text)
    except (ValueError, OverflowError):
        return None
