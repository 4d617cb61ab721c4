"""The overview of the lessons: what each one asks and takes, and how far the learner is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from course_utils.authoring.front_matter import FrontMatter
from course_utils.authoring.sources import read_front_matter
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.frontend import KIT
from course_utils.learn.covers import cover
from course_utils.learn.progress_cards import Tally, tallies

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class DeskLesson:
    """What a lesson says about itself, and its picture as SVG; ``name`` is ``NN_slug``."""

    name: str
    about: FrontMatter
    picture: str

    @property
    def number(self) -> str:
        return self.name[:2]


@dataclass(frozen=True)
class Standing:
    """How far the learner is in a lesson, by ``quick checks`` and ``exercises``."""

    parts: dict[str, Tally]
    begun: bool

    @property
    def passed(self) -> int:
        return sum(part.passed for part in self.parts.values())

    @property
    def number(self) -> int:
        return sum(part.number for part in self.parts.values())

    @property
    def revisit(self) -> list[str]:
        return [id for part in self.parts.values() for id in part.revisit]

    @property
    def stage(self) -> Literal["new", "begun", "done"]:
        if self.number and self.passed == self.number:
            return "done"
        return "begun" if self.begun else "new"


def read_lessons(checkout: Path) -> tuple[DeskLesson, ...]:
    """Return the lessons of the course in order.

    Raises:
        CourseError: a lesson's source cannot be read, or its front matter breaks the schema.
    """
    return tuple(
        DeskLesson(lesson.name, read_front_matter(lesson.source), _picture(lesson.name[:2]))
        for lesson in find_lessons(checkout)
    )


def page(lessons: Sequence[DeskLesson], record: dict[str, Any]) -> str:
    """Return the overview as a part of a page, in HTML with its style sheet.

    Args:
        lessons: in the order of the course.
        record: the learner's progress, as ``progress.peek()`` returns it.
    """
    standings = {lesson.name: standing(lesson, record) for lesson in lessons}
    following = next((lesson for lesson in lessons if standings[lesson.name].stage != "done"), None)
    html: str = _template().render(
        style=_style(),
        lessons=lessons,
        standings=standings,
        minutes=[lesson.about.minutes for lesson in lessons],
        following=following,
        passed=sum(now.passed for now in standings.values()),
        number=sum(now.number for now in standings.values()),
    )
    return html


def standing(lesson: DeskLesson, record: dict[str, Any]) -> Standing:
    """Return how far the learner is in a lesson."""
    begun = any(
        id.startswith(f"{lesson.number}.") for part in ("checks", "predictions", "hints") for id in record[part]
    )
    return Standing(tallies(record, lesson.number), begun)


def _picture(number: str) -> str:
    """Return a lesson's cover, or the drawing for lessons without."""
    try:
        return cover(number).svg
    except CourseError:
        return (_HERE / "lesson.svg").read_text(encoding="utf-8")


@cache
def _style() -> str:
    sheets = KIT / "tokens.css", _HERE / "desk.css"
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@cache
def _template() -> Any:
    files = FileSystemLoader(_HERE)
    environment = Environment(
        loader=files,
        autoescape=select_autoescape(["jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("desk.html.jinja")
