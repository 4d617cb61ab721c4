"""The one writer to nbgrader's gradebook, so that formgrader, manual grades, feedback and export go on working.

A submission's marks go in together or not at all. What a person has entered is never changed.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import Application, Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from course_utils.errors import CourseError
from course_utils.grading.classroom import CONFIG
from course_utils.grading.marks import AnswerMark


def class_settings(folder: Path) -> Config:
    """Return nbgrader's settings in the class folder ``folder``.

    Raises:
        CourseError: they are missing or can't be run.
    """
    class_app = Application.instance()  # whose settings the file's get_config() returns
    try:
        settings: Config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
        settings.merge(class_app.config)
    except ConfigFileNotFound:
        raise CourseError(
            f"{folder} is not a class folder: it has no {CONFIG}. Make one: course class init DIR"
        ) from None
    except Exception as error:  # it is the instructor's own program
        raise CourseError(f"{folder / CONFIG} stopped with {type(error).__name__}: {error}. Correct it.") from error
    finally:
        Application.clear_instance()
    settings.CourseDirectory.root = str(folder)
    return settings


_NBGRADERS_LOG = logging.getLogger("tornado.application")  # with the tracebacks of errors that it raises as well
_SILENT = logging.Logger("course.grading", level=logging.CRITICAL)  # that somebody is late stands in the gradebook


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

    def write(self, learner: str, marks: Sequence[AnswerMark], handed_in: datetime | None = None) -> None:
        """Write a learner's marks in place of those that were there; a mark without points waits for a person.

        A late submission gets the penalty that the class's settings give.

        Args:
            handed_in: when, in UTC; None means in time.

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
                elif changed:  # what a person has entered was for another result
                    grade.needs_manual_grade = True
            book.db.commit()
            self._late.preprocess(new_notebook(), {"nbgrader": self._resources | {"student": learner}})
        except MissingEntry as error:
            book.db.rollback()
            raise CourseError(
                f"The gradebook's {lesson} is not the one in source ({_line(error)}). "
                f"Bring it up to date: nbgrader generate_assignment {lesson} --force"
            ) from error
        except Exception as error:  # of whichever database it is
            book.db.rollback()
            raise CourseError(_busy(self._place, error)) from error
        finally:
            _NBGRADERS_LOG.disabled = False


def open_gradebook(settings: Config, lesson: str) -> Gradebook:
    """Open a class's gradebook, which a ``with`` block closes.

    Raises:
        CourseError: it can't be opened, or nothing of the lesson has been handed out yet.
    """
    directory = CourseDirectory(config=settings)
    try:
        gradebook = _opened(directory)
        gradebook.find_notebook(lesson, lesson)
    except (MissingEntry, FileNotFoundError):
        raise CourseError(
            f"The gradebook has no {lesson}. Make what you hand out first: nbgrader generate_assignment {lesson}"
        ) from None
    except Exception as error:  # of whichever database it is
        if "locked" in str(error):
            raise CourseError(_busy(_place(directory), error)) from error
        raise CourseError(
            f"The gradebook {_place(directory)} can't be opened ({_line(error)}). Correct {CONFIG}."
        ) from error
    return gradebook


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
        FileNotFoundError: it is a file that does not exist.
    """
    kind, _, path = directory.db_url.partition(":///")
    if kind.startswith("sqlite") and not Path(path).is_file():
        raise FileNotFoundError(path)
    return Gradebook(directory.db_url, directory.course_id)


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
