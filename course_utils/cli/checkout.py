"""Where the course lies on this machine."""

from pathlib import Path

import course_utils
from course_utils.errors import CourseError


def find_checkout() -> Path:
    """The folder that holds ``lessons/``, ``solutions/`` and ``course_utils/``.

    Raises:
        CourseError: the library was installed without the course around it.
    """
    checkout = Path(course_utils.__file__).resolve().parents[1]
    if not (checkout / "lessons").is_dir():
        raise CourseError(
            f"There is no folder 'lessons' in {checkout}: this is the library without the course. "
            "Clone the course's repository and run 'make lab' in it."
        )
    return checkout
