"""What was collected for a lesson: whose it is by the platform's own number, and what could not be taken."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from course_utils.errors import CourseError
from course_utils.files import write_atomically


class CollectedLearner(BaseModel):
    """What is known of a learner.

    Attributes:
        id: the platform's number for them, which its tables of grades need; empty without one.
        name: as the platform writes it.
        refused: why what they have handed in was not taken; empty if it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = ""
    name: str = ""
    refused: str = ""


class CollectedLesson(BaseModel):
    """What is known of all learners, by the names of their folders."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    learners: dict[str, CollectedLearner] = {}


def read_collected(folder: Path, lesson: str) -> CollectedLesson:
    """Read what was collected before; nothing, if nothing was.

    Raises:
        CourseError: the file is damaged.
    """
    path = _path(folder, lesson)
    try:
        return CollectedLesson.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return CollectedLesson()
    except ValidationError:
        raise CourseError(f"{path} is damaged. Delete it, and collect the lesson again: course class collect") from None


def write_collected(folder: Path, lesson: str, collected: CollectedLesson) -> None:
    """Write what was collected, in one step."""
    write_atomically(_path(folder, lesson), collected.model_dump_json(indent=1) + "\n")


def _path(folder: Path, lesson: str) -> Path:
    return folder / "collected" / f"{lesson}.json"
