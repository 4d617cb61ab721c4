"""Where the course lies on this machine, and where it may write."""

import tempfile
from pathlib import Path

import course_utils
from course_utils.errors import CourseError


def find_checkout() -> Path:
    """The folder that holds ``lessons/``, ``solutions/`` and ``course_utils/``.

    Raises:
        CourseError: the library was installed without the course around it.
    """
    checkout = Path(course_utils.__file__).resolve().parents[1]
    if not (checkout / "solutions").is_dir():  # not lessons/, which 'course build' can make
        raise CourseError(
            f"There is no folder 'solutions' in {checkout}: this is the library without the course. "
            "Clone the course's repository and run 'make lab' in it."
        )
    return checkout


def require_writable(folder: Path) -> None:
    """Find out before a long run, and not after it, that ``folder`` cannot be written.

    Raises:
        CourseError: it is no folder, or no file can be made in it (or in the folder it would be made in).
    """
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise CourseError(f"{nearest} is a file, so nothing can be put there. Name another folder.")
    try:
        tempfile.TemporaryFile(dir=nearest).close()  # permissions tell root nothing, and no disk says that it is full
    except OSError as error:
        raise CourseError(
            f"{nearest} cannot be written ({error.strerror}). Change its permissions, or name another folder."
        ) from error
