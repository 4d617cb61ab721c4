"""The course's folder on this machine, and the lessons in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.errors import CourseError

_LESSON_NAME = re.compile(r"\d\d_\w+")


def find_checkout() -> Path:
    """Return the folder that holds ``lessons/``, ``solutions/`` and ``course_utils/``.

    Raises:
        CourseError: the library was installed without the course around it.
    """
    checkout = Path(__file__).resolve().parents[1]
    if not (checkout / "solutions").is_dir():  # not lessons/, which 'course build' can make
        raise CourseError(
            f"There is no folder 'solutions' in {checkout}: this is the library without the course. "
            "Clone the course's repository and run 'make lab' in it."
        )
    return checkout


@dataclass(frozen=True)
class Lesson:
    """The files of a lesson in the checkout ``root``; ``name`` is ``NN_slug``."""

    root: Path
    name: str

    @property
    def source(self) -> Path:
        return self.root / "solutions" / f"{self.name}.py"

    @property
    def notebook(self) -> Path:
        return self.root / "lessons" / f"{self.name}.ipynb"


def find_lessons(root: Path, wanted: Sequence[str] = ()) -> list[Lesson]:
    """Return the lessons of the checkout ``root`` in order: the wanted ones, or all.

    Args:
        wanted: numbers (``"2"``, ``"02"``), names (``"02_feature_extraction"``) or paths of a source or a
            notebook.

    Raises:
        CourseError: there is no such lesson; the message lists the ones there are.
    """
    names = sorted(path.stem for path in (root / "solutions").glob("*.py") if _LESSON_NAME.fullmatch(path.stem))
    if not names:
        raise CourseError(f"There are no lessons in {root / 'solutions'}: run this in the course's own folder.")
    chosen = {_resolve(lesson, names) for lesson in wanted} if wanted else names
    return [Lesson(root, name) for name in names if name in chosen]


def _resolve(lesson: str, names: Sequence[str]) -> str:
    stem = Path(lesson).name.removesuffix(".py").removesuffix(".ipynb")
    for name in names:
        if stem == name or (stem.isdecimal() and stem.zfill(2) == name[:2]):
            return name
    raise CourseError(f"There is no lesson {lesson!r}. The lessons are: {', '.join(names)}.")
