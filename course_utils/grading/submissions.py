"""Read submissions: bounded, without following links, and nothing of them but the answers by their grade ids.

A submission is a stranger's file. It is read as JSON, never as a notebook that could bring its own tests, points or
kernel: whatever else it holds is not looked at.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc

from course_utils.learn.evidence import bounded

MAX_BYTES = 30_000_000  # of a notebook: the longest lesson with all its figures has a tenth of that
MAX_CELLS = 5_000
MAX_ANSWER = 200_000  # characters of one answer
MAX_TIMESTAMP = 100  # bytes
MAX_ID = 128  # characters of a learner's id, in nbgrader's gradebook
#: What nbgrader's exchange puts beside a notebook and its later steps look for, and the bytes that each may have.
_OF_THE_EXCHANGE, _SMALL = ("timestamp.txt", "submission_secret.txt"), 1000


class UnreadableSubmissionError(Exception):
    """A submission that can't be read; the message says why, and it counts for nothing and against nobody."""


@dataclass(frozen=True)
class Submission:
    """What a learner has handed in.

    Attributes:
        answers: the source of each answer's cell, by its grade id; an answer that has no cell is missing.
        paragraphs: the text of each paragraph that a person marks, likewise.
        remarks: what is odd about it, in sentences.
        handed_in: when, in UTC, as the ``timestamp.txt`` beside it says; None without one.
    """

    answers: Mapping[str, str]
    paragraphs: Mapping[str, str] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
    handed_in: datetime | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the answers: paragraphs, outputs, other cells and the time don't change it."""
        return hashlib.sha256(json.dumps(dict(self.answers), sort_keys=True).encode()).hexdigest()


def learners(submitted: Path, lesson: str) -> list[str]:
    """Return who has handed in something for a lesson: the names of the folders ``submitted/LEARNER/lesson``, in order.

    Links and files among them are nobody's.
    """
    folders = (entry.name for entry in os.scandir(submitted) if entry.is_dir(follow_symlinks=False))
    return sorted(name for name in folders if not name.startswith(".") and os.path.lexists(submitted / name / lesson))


def read_submission(
    submitted: Path, learner: str, lesson: str, wanted: Iterable[str], paragraphs: Iterable[str] = ()
) -> Submission:
    """Read the answers from ``submitted/learner/lesson/lesson.ipynb``.

    A cell is an answer by its nbgrader grade id or, where a tool has removed that, by its cell id. Of several cells for
    one answer the last one counts, as in nbgrader.

    Args:
        wanted: the grade ids of the answers, which are code.
        paragraphs: those of the paragraphs, which are text.

    Raises:
        UnreadableSubmissionError: it is missing, not a regular file, too large, or not a notebook; or no gradebook can
            hold the learner's id.
    """
    _require_id(learner)
    try:
        text = read_bounded(submitted, (learner, lesson, f"{lesson}.ipynb"), MAX_BYTES)
    except OSError as error:
        raise UnreadableSubmissionError(
            f"{lesson}.ipynb can't be opened: {error.strerror}. It must be a file, not a link."
        ) from None
    found = _answers(read_cells(text), dict.fromkeys(wanted, "code") | dict.fromkeys(paragraphs, "markdown"))
    others = sorted({*os.listdir(submitted / learner / lesson)} - {f"{lesson}.ipynb"})  # noqa: PTH208
    if notebooks := [bounded(name) for name in others if name.endswith(".ipynb")]:
        beside = f"There are other notebooks beside it ({', '.join(notebooks[:3])}); {lesson}.ipynb counts."
        found = replace(found, remarks=(*found.remarks, beside))
    try:
        return replace(found, handed_in=_handed_in(submitted, (learner, lesson, "timestamp.txt")))
    except (UnreadableSubmissionError, OSError, ValueError, OverflowError):
        return replace(found, remarks=(*found.remarks, "Its timestamp.txt can't be read; it counts as in time."))


def _require_id(learner: str) -> None:
    try:
        learner.encode()
    except UnicodeEncodeError:
        raise UnreadableSubmissionError("The learner's id is not text. Rename the folder.") from None
    if len(learner) > MAX_ID:
        raise UnreadableSubmissionError(f"The learner's id has more than {MAX_ID} characters. Rename the folder.")


def _handed_in(root: Path, names: tuple[str, ...]) -> datetime | None:
    try:
        text = read_bounded(root, names, MAX_TIMESTAMP)
    except FileNotFoundError:
        return None
    return read_time(text)


def read_beside(submitted: Path, learner: str, lesson: str) -> dict[str, bytes]:
    """Return what nbgrader's exchange has put beside a submission, by name: what can be read of it."""
    found = {}
    for name in _OF_THE_EXCHANGE:
        with suppress(OSError, UnreadableSubmissionError):
            found[name] = read_bounded(submitted, (learner, lesson, name), _SMALL)
    return found


def read_time(text: bytes) -> datetime:
    """Return the time in a ``timestamp.txt``, in UTC and without saying so, as nbgrader does.

    Raises:
        ValueError: it is not a time.
        OverflowError: likewise.
    """
    if len(text) > MAX_TIMESTAMP:
        raise ValueError("a time is not so long")
    time: datetime = parse_utc(text.decode("ascii").strip())
    return time


def read_bounded(root: Path, names: tuple[str, ...], most: int) -> bytes:
    """Read a regular file below ``root``; no part of the way to it may be a link.

    Args:
        names: of the folders on the way, and of the file.
        most: bytes that it may have.

    Raises:
        UnreadableSubmissionError: it is not a regular file, or larger.
        OSError: it can't be opened, or a part of the way is a link.
    """
    with ExitStack() as opened:
        where = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, where)
        for name in names[:-1]:
            where = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=where)
            opened.callback(os.close, where)
        # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        file = os.open(names[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=where)
        opened.callback(os.close, file)
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode):
            raise UnreadableSubmissionError(f"{names[-1]} is not a regular file.")
        with os.fdopen(os.dup(file), "rb") as reading:
            text = reading.read(most + 1)
    require_size(text, names[-1], most)
    return text


def require_size(text: bytes, name: str, most: int) -> None:
    """Refuse a file of which more than ``most`` bytes were read.

    Raises:
        UnreadableSubmissionError: so it is.
    """
    if len(text) > most:
        size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most} bytes"
        raise UnreadableSubmissionError(f"{name} is larger than {size}. Ask for it without its outputs.")


def read_cells(text: bytes) -> list[dict[str, Any]]:
    """Return a notebook's cells, of whichever version of the format, without checking what is in them.

    Raises:
        UnreadableSubmissionError: it is not a notebook, or has more than ``MAX_CELLS`` cells.
    """
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmissionError(f"It is not a notebook: {_reason(text, error)}") from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if cells is None and isinstance(notebook, dict):  # notebooks before version 4 of their format
        sheets = notebook.get("worksheets")
        first = sheets[0] if isinstance(sheets, list) and sheets else None
        cells = first.get("cells") if isinstance(first, dict) else None
    if not isinstance(cells, list):
        raise UnreadableSubmissionError("It is not a notebook: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise UnreadableSubmissionError(f"It has {len(cells)} cells; at most {MAX_CELLS} are read.")
    return [cell for cell in cells if isinstance(cell, dict)]


def _reason(text: bytes, error: Exception) -> str:
    if not text.strip():
        return "the file is empty."
    return "it is nested without end." if isinstance(error, RecursionError) else "it is not JSON. Was it copied whole?"


def _answers(cells: list[dict[str, Any]], wanted: Mapping[str, str]) -> Submission:
    """Find the cells with the ids that are ``wanted``, each of the type that is given with it."""
    remarks: list[str] = []
    answers: dict[str, str] = {}
    labelled = {id for cell in cells for id in _grade_ids(cell) if id in wanted}
    for cell in cells:
        ids = [id for id in _grade_ids(cell) if id in wanted]
        own = cell.get("id")
        if not ids and isinstance(own, str) and own in wanted.keys() - labelled:
            ids = [own]
        for id in ids:
            if cell.get("cell_type") != wanted[id]:
                remarks.append(f"The cell of {id} is not a {wanted[id]} cell.")
                continue
            source = cell_source(cell)
            if source is None or len(source) > MAX_ANSWER:
                remarks.append(f"The cell of {id} is not text of at most {MAX_ANSWER} characters.")
                continue
            if id in answers:
                remarks.append(f"{id} has several cells; the last one counts.")
            answers[id] = source
    remarks += [f"{id} has no cell." for id in sorted(wanted - answers.keys())]
    code, text = ({id: answers[id] for id in answers if wanted[id] == kind} for kind in ("code", "markdown"))
    return Submission(code, text, tuple(dict.fromkeys(remarks)))


def _grade_ids(cell: dict[str, Any]) -> Iterator[str]:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    if isinstance(nbgrader, dict) and isinstance(nbgrader.get("grade_id"), str):
        yield nbgrader["grade_id"]


def cell_source(cell: dict[str, Any]) -> str | None:
    """Return what a cell holds; None if that is not text."""
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    # A lone surrogate is legal in JSON and can't be written as UTF-8 again.
    return source.encode("utf-8", "replace").decode("utf-8")
