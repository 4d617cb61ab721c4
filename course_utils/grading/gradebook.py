"""The one writer to nbgrader's gradebook, so that formgrader, manual grades, feedback and export go on working.

A submission's marks go in together or not at all. What a person has entered is never changed.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from nbformat.v4 import new_notebook
from nbgrader.api import Base, Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import create_engine, inspect
from traitlets.config import Config

from course_utils.errors import CourseError
from course_utils.grading.class_settings import CONFIG
from course_utils.grading.marks import AnswerMark

_NBGRADERS_LOG = logging.getLogger("tornado.application")  # with the tracebacks of errors that it raises as well
_SILENT = logging.Logger("course.grading", level=logging.CRITICAL)  # that somebody is late stands in the gradebook


def open_gradebook(settings: Config, lesson: str) -> Gradebook:
    """Open the gradebook that a class's settings name, with a lesson in it. It is never made here.

    Raises:
        CourseError: it can't be opened, or nothing of the lesson has been handed out yet.
    """
    directory = CourseDirectory(config=settings)
    require_reachable(settings)
    try:
        gradebook = _opened(directory)
        gradebook.find_notebook(lesson, lesson)
        for table in Base.metadata.tables.values():  # has it all the columns that this nbgrader asks for?
            gradebook.db.execute(table.select().limit(0))
    except (MissingEntry, FileNotFoundError):
        raise CourseError(
            f"The gradebook {_place(directory)} has no {lesson}. Hand it out first: course class release {lesson}"
        ) from None
    except Exception as error:  # of whichever database it is
        if "locked" in str(error):
            raise CourseError(_busy(_place(directory), error)) from error
        if "no such" in str(error) or "does not exist" in str(error):  # SQLite's and PostgreSQL's words
            raise CourseError(
                f"The gradebook {_place(directory)} was made by another version of nbgrader ({_line(error)}). "
                "Keep a copy of it, and bring it up to date: nbgrader db upgrade"
            ) from error
        raise _unusable(directory, error) from error
    return gradebook


def require_reachable(settings: Config) -> None:
    """Refuse a gradebook on a server that doesn't answer, before nbgrader does something else.

    Raises:
        CourseError: its address is not one, or nobody answers there, or the driver for it is missing.
    """
    directory = CourseDirectory(config=settings)
    if directory.db_url.startswith("sqlite:///"):
        return
    try:
        engine = create_engine(directory.db_url)
        engine.connect().close()
        engine.dispose()
    except Exception as error:  # of whichever database it is
        raise _unusable(directory, error) from error


def _unusable(directory: CourseDirectory, error: Exception) -> CourseError:
    fix = f"Correct c.CourseDirectory.db_url in {CONFIG}; PostgreSQL's is postgresql://USER:PASSWORD@HOST/DATABASE."
    if isinstance(error, ModuleNotFoundError):
        package = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary"}.get(error.name or "", error.name)
        fix = f"Install its driver in the course's environment: pip install '{package}'"
    return CourseError(f"The gradebook {_place(directory)} can't be opened ({_line(error)}). {fix}")


class GradebookWriter:
    """Writes the marks for one lesson of a class. Use it in a ``with`` block.

    Args:
        settings: of the class, which say where the gradebook is.

    Raises:
        CourseError: the gradebook can't be opened, or nothing of the lesson has been handed out yet.
    """

    def __init__(self, settings: Config, lesson: str) -> None:
        directory = CourseDirectory(config=settings)
        self._lesson = lesson
        self._late = AssignLatePenalties(config=settings, log=_SILENT)
        self._resources = {"notebook": lesson, "assignment": lesson, "db_url": directory.db_url}
        self._place = _place(directory)
        self._gradebook = open_gradebook(settings, lesson)

    def __enter__(self) -> "GradebookWriter":
        return self

    def __exit__(self, *_: object) -> None:
        self._gradebook.close()

    def require_version(self, locked: Mapping[str, str]) -> None:
        """Refuse to write marks for another version of the lesson than the one that was handed out.

        Args:
            locked: the sources of its questions and tests, by grade id.

        Raises:
            CourseError: the gradebook has other ones.
        """
        cells = self._gradebook.find_notebook(self._lesson, self._lesson).source_cells
        kept = {cell.name: cell.source for cell in cells if cell.locked}
        for id in sorted(kept.keys() | locked.keys()):
            if kept.get(id) != locked.get(id):
                raise CourseError(
                    f"{self._lesson} was changed after it was handed out: its {id} is not the gradebook's. "
                    f"Put the old version back, or hand out the new one: course class release {self._lesson}"
                )

    def write(
        self,
        learner: str,
        marks: Sequence[AnswerMark],
        handed_in: datetime | None = None,
        rewritten: Collection[str] = (),
    ) -> None:
        """Write a learner's marks in place of those that were there; a mark without points waits for a person.

        A late submission gets the penalty that the class's settings give.

        Args:
            handed_in: when, in UTC; None means in time.
            rewritten: the cells of paragraphs that aren't what they were when the marks were last written.

        Raises:
            CourseError: the gradebook can't be written, or has no place for a mark; it is unchanged.
        """
        book, lesson = self._gradebook, self._lesson
        _NBGRADERS_LOG.disabled = True
        try:
            with book.db.no_autoflush:  # nbgrader makes a submission in an order of which SQLAlchemy warns
                book.update_or_create_student(learner)
                book.update_or_create_submission(lesson, learner, timestamp=handed_in)
            for mark in marks:
                grade = book.find_grade(mark.cell, lesson, lesson, learner)
                changed, grade.auto_score = grade.auto_score != mark.points, mark.points
                if grade.manual_score is None:
                    grade.needs_manual_grade = mark.points is None
                elif changed or mark.cell in rewritten:  # what a person has entered was for another result
                    grade.needs_manual_grade = True
            book.db.commit()
            self._late.preprocess(new_notebook(), {"nbgrader": self._resources | {"student": learner}})
        except MissingEntry as error:
            book.db.rollback()
            raise CourseError(
                f"The gradebook's {lesson} is not the one in source ({_line(error)}). "
                f"Bring it up to date: course class release {lesson}"
            ) from error
        except Exception as error:  # of whichever database it is
            book.db.rollback()
            raise CourseError(_busy(self._place, error)) from error
        finally:
            _NBGRADERS_LOG.disabled = False


def _busy(place: str, error: Exception) -> str:
    return (
        f"The gradebook {place} can't be used now ({_line(error)}). Nothing is lost: run the command again when nobody "
        "else writes to it, and the disk has space."
    )


def _place(directory: CourseDirectory) -> str:
    """Return a gradebook's address without a password."""
    return str(directory.db_url).rpartition("@")[2]


def _opened(directory: CourseDirectory) -> Gradebook:
    """Open the gradebook, which must exist: a new one is made by handing out.

    Raises:
        FileNotFoundError: it does not.
    """
    url: str = directory.db_url
    kind, _, path = url.partition(":///")
    exists = Path(path).is_file() if kind.startswith("sqlite") else inspect(create_engine(url)).has_table("assignment")
    if not exists:
        raise FileNotFoundError(url)
    return Gradebook(directory.db_url, directory.course_id)


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
