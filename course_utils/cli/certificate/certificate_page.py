"""The page of the certificate: lessons, and the calibration of the learner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import mean
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from course_utils.cli.desk.desk_page import DeskLesson
from course_utils.frontend import KIT
from course_utils.learn import progress
from course_utils.learn.predictions import Compared, compared
from course_utils.learn.progress_cards import Tally, knowledge_tally, tallies

#: Characters of a name, so that it fits on its line.
LONGEST_NAME = 60
#: With fewer predictions than this, nothing is said about how good they are on the whole.
FEWEST = 10
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class LessonRow:
    """A lesson on the certificate.

    Attributes:
        parts: quick checks and exercises.
        knowledge: the knowledge check; None if nothing of it is on record.
        last: the day of the last answer, in words; empty if none is known.
        predictions: those that were compared with a measurement.
    """

    number: str
    title: str
    parts: dict[str, Tally]
    knowledge: Tally | None
    last: str
    predictions: tuple[Compared, ...]


@dataclass(frozen=True)
class Habit:
    """How predictions in percent or points were off, on average.

    Attributes:
        apart: points between guess and measurement, whichever is higher.
        lean: points by which guesses were too high; negative if too low.
    """

    apart: float
    lean: float


def page(lessons: Sequence[DeskLesson], record: dict[str, Any], name: str) -> str:
    """Return the whole page.

    Args:
        lessons: in the order of the course.
        record: the learner's progress, as ``progress.read_record`` returns it.
        name: that stands on it; empty for none.
    """
    predictions = compared(record)
    rows = [_row(lesson, record, predictions) for lesson in lessons]
    html: str = _template().render(
        style=(KIT / "tokens.css").read_text(encoding="utf-8"),
        name=name,
        rows=rows,
        begun=_day(min(_moments(record, ""), default=0)),
        ended=_day(max(_moments(record, ""), default=0)),
        predictions=predictions,
        near=sum(one.near for one in predictions),
        habit=habit(predictions),
        shares=[one for one in predictions if one.unit == "percent" and one.gap is not None],
        fewest=FEWEST,
    )
    return html


def habit(predictions: Sequence[Compared]) -> Habit | None:
    """Return how predictions in percent or points are off; None if there are fewer than ``FEWEST``."""
    gaps = [one.gap for one in predictions if one.gap is not None]
    return Habit(mean(map(abs, gaps)), mean(gaps)) if len(gaps) >= FEWEST else None


def _row(lesson: DeskLesson, record: dict[str, Any], predictions: Sequence[Compared]) -> LessonRow:
    knowledge = knowledge_tally(record, lesson.number)
    return LessonRow(
        lesson.number,
        lesson.about.title,
        tallies(record, lesson.number),
        knowledge,
        _day(max(_moments(record, lesson.number), default=0)),
        tuple(one for one in predictions if one.id.startswith(f"{lesson.number}.")),
    )


def _moments(record: dict[str, Any], lesson: str) -> list[int]:
    ids = [id for id in record.get("times", {}) if id.startswith(lesson)]
    return [moment for id in ids for moment in progress.moments(record, id)]


def _day(moment: int) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%-d %b %Y}" if moment else ""


@cache
def _template() -> Any:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=select_autoescape(["jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("certificate.html.jinja")
