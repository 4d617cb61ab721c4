"""What a lab's settings may be."""

from typing import Any

from course_utils.errors import CourseError


def one_of(name: str, value: Any, allowed: Any) -> None:
    """Refuse a value of a setting that no control has.

    Raises:
        CourseError: the value is not allowed.
    """
    if isinstance(value, bool | int | float | str | None) and value in allowed:
        return
    raise CourseError(f"This lab has no {name} {value!r}. Choose one from its controls.")
