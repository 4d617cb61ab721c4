"""Tables of a lesson's scores: one with the status of everybody, and those that Moodle and Canvas take in.

Where a person must still look at an answer there is no score, which is not 0. Moodle leaves a grade without a score
alone. Canvas would delete one that it has, so its table leaves these learners out.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from nbgrader.coursedir import CourseDirectory

from course_utils.errors import CourseError
from course_utils.files import write_atomically
from course_utils.grading.class_settings import class_settings
from course_utils.grading.collecting.collected import CollectedLearner, read_collected
from course_utils.grading.gradebook_scores import LearnerScores, read_scores
from course_utils.grading.submissions import learners

PLATFORMS = ("moodle", "canvas", "csv")
EXPORTS = "exports"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet's formulas begin
_NOBODY = CollectedLearner()
_Row = Sequence[str]


@dataclass(frozen=True)
class ExportedScore:
    """A learner's score for a lesson, as the tables have it.

    Attributes:
        score: after the penalty for lateness; None if a person must still look at something, or nothing is there.
        worth: the most that can be had.
        penalty: what lateness has cost.
        status: what has become of it, in words.
    """

    learner: str
    score: float | None
    worth: float
    penalty: float
    status: str


def export(folder: Path, lesson: str, platform: str) -> tuple[list[Path], list[str]]:
    """Write the scores of a lesson into ``exports``: ``LESSON.csv`` and, for a platform, ``LESSON_PLATFORM.csv``.

    Args:
        platform: "moodle", "canvas" or, for the first table alone, "csv".

    Returns:
        The files, in this order, and the learners with a score whom the platform's table lacks: it needs its own
        numbers for them.

    Raises:
        CourseError: the folder or its gradebook can't be used, or there is no such platform.
        OSError: a file can't be written.
    """
    if platform not in PLATFORMS:
        raise CourseError(f"There is no table for {platform!r}. Name one of {', '.join(PLATFORMS)}.")
    scores = exported_scores(folder, lesson)
    known = read_collected(folder, lesson).learners
    tables = {folder / EXPORTS / f"{lesson}.csv": _everybody(scores, lesson)}
    if platform == "moodle":
        tables[folder / EXPORTS / f"{lesson}_moodle.csv"] = _for_moodle(scores, known)
    elif platform == "canvas":
        tables[folder / EXPORTS / f"{lesson}_canvas.csv"] = _for_canvas(scores, known, lesson)
    for path, rows in tables.items():
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerows([_harmless(value) for value in row] for row in rows)
        write_atomically(path, text.getvalue())
    unknown = [one.learner for one in scores if one.score is not None and not known.get(one.learner, _NOBODY).id]
    return list(tables), unknown if platform != "csv" else []


def exported_scores(folder: Path, lesson: str) -> list[ExportedScore]:
    """Return everybody's score for a lesson, in the order of their ids: all who are in the gradebook or handed in.

    Raises:
        CourseError: the folder or its gradebook can't be used.
    """
    settings = class_settings(folder)
    submitted = folder / CourseDirectory(config=settings).submitted_directory
    handed_in = set(learners(submitted, lesson) if submitted.is_dir() else ())
    refused = {name: one.refused for name, one in read_collected(folder, lesson).learners.items() if one.refused}
    worth, graded = read_scores(settings, lesson)
    found = []
    for learner in sorted(graded.keys() | refused.keys() | handed_in):
        scores = graded.get(learner, LearnerScores())
        if scores.cells:
            found.append(_score(learner, scores, worth))
        else:
            status = "not graded yet" if learner in handed_in else "nothing handed in"
            found.append(ExportedScore(learner, None, worth, 0.0, refused.get(learner, status)))
    return found


def _score(learner: str, scores: LearnerScores, worth: float) -> ExportedScore:
    waiting = sorted(name for name, cell in scores.cells.items() if cell.waiting or cell.points is None)
    score = max(0.0, sum(cell.points or 0.0 for cell in scores.cells.values()) - scores.penalty)
    status = f"a person must look at {', '.join(waiting)}" if waiting else "marked"
    return ExportedScore(learner, None if waiting else score, worth, scores.penalty, status)


def _everybody(scores: Sequence[ExportedScore], lesson: str) -> Iterator[_Row]:
    yield "learner", "lesson", "score", "maximum", "late penalty", "status"
    for one in scores:
        yield one.learner, lesson, _number(one.score), _number(one.worth), _number(one.penalty), one.status


def _for_moodle(scores: Sequence[ExportedScore], known: Mapping[str, CollectedLearner]) -> Iterator[_Row]:
    """Yield the rows of a grading worksheet in English, which Moodle reads by the names of its columns."""
    yield "Identifier", "Full name", "Status", "Grade", "Maximum Grade", "Last modified (grade)"
    for one, who in _with_ids(scores, known):
        yield f"Participant {who.id}", who.name, one.status, _number(one.score), _number(one.worth), ""


def _for_canvas(scores: Sequence[ExportedScore], known: Mapping[str, CollectedLearner], lesson: str) -> Iterator[_Row]:
    """Yield the rows of Canvas's gradebook for one assignment, which Canvas finds by its title."""
    yield "Student", "ID", "SIS User ID", "SIS Login ID", "Section", lesson
    yield "    Points Possible", "", "", "", "", _number(scores[0].worth if scores else 0.0)
    for one, who in _with_ids(scores, known):
        if one.score is not None:
            yield who.name, who.id, "", "", "", _number(one.score)


def _with_ids(
    scores: Sequence[ExportedScore], known: Mapping[str, CollectedLearner]
) -> Iterator[tuple[ExportedScore, CollectedLearner]]:
    for one in scores:
        who = known.get(one.learner, _NOBODY)
        if who.id:
            yield one, who


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _harmless(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula, in one line."""
    line = re.sub(r"[\r\n]+", " ", value)
    return f"'{line}" if line.startswith(_FORMULA) else line
