"""A class's settings: ``nbgrader_config.py`` in its folder, which nbgrader's commands and the course's own read."""

import difflib
from pathlib import Path
from typing import Annotated

from nbgrader.coursedir import CourseDirectory
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from traitlets.config import Application, Config
from traitlets.config.loader import ConfigFileNotFound, PyFileConfigLoader

from course_utils.errors import CourseError
from course_utils.schemas import faults

CONFIG = "nbgrader_config.py"  # marks a folder as a class folder


class LessonSettings(BaseModel):
    """``c.ClassLessons``: what counts in the lessons of a class. A folder without them is one of earlier times.

    Attributes:
        paragraph_points: what a paragraph that a person marks is worth; 0 leaves the question out.
        quick_checks_count: whether quick checks count a point each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    paragraph_points: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    quick_checks_count: bool = False


def class_settings(folder: Path) -> Config:
    """Return nbgrader's settings in the class folder ``folder``.

    Raises:
        CourseError: they are missing or can't be run.
    """
    class_app = Application.instance()  # whose settings an imported get_config() returns, as in older folders
    try:
        settings: Config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    except ConfigFileNotFound:
        raise CourseError(
            f"{folder} is not a class folder: it has no {CONFIG}. Make one: course class init DIR"
        ) from None
    except Exception as error:  # it is the instructor's own program
        raise CourseError(f"{folder / CONFIG} stopped with {type(error).__name__}: {error}. Correct it.") from error
    finally:
        Application.clear_instance()
    if class_app.config.get("CourseDirectory", {}).get("db_url"):
        raise CourseError(
            f"{folder / CONFIG}: delete the line 'from traitlets.config import get_config'. With it, nbgrader's own "
            "commands don't see c.CourseDirectory.db_url, and would make a gradebook of their own."
        )
    settings.merge(class_app.config)
    _require_known(folder, settings.CourseDirectory)
    settings.CourseDirectory.root = str(folder)
    return settings


def _require_known(folder: Path, given: Config) -> None:
    """Refuse a misspelt setting: without its db_url, nbgrader would quietly make a gradebook of its own."""
    known = CourseDirectory.class_trait_names(config=True)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1) or ["a name from nbgrader's documentation"]
            raise CourseError(f"{folder / CONFIG}: c.CourseDirectory.{name} is not a setting. Write {near[0]}.")


def lesson_settings(folder: Path) -> LessonSettings:
    """Return what the settings in ``folder`` say of the lessons that ``course class init`` makes.

    Raises:
        CourseError: the settings can't be run, or a value among them is not one that fits.
    """
    given = class_settings(folder).get("ClassLessons", {})
    try:
        return LessonSettings.model_validate(dict(given))
    except ValidationError as problem:
        raise CourseError(f"{folder / CONFIG}, c.ClassLessons: {faults(problem)}.") from None
