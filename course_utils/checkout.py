"""The course's folder on this machine, and the lessons in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.errors import CourseError

_LESSON_NAME = re.compile(r"\d\d_\w+")
_APPENDIX_NAME = re.compile(r"appendix_\w+")


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
    """The files of a lesson or an appendix in the checkout ``root``; ``name`` is ``NN_slug`` or ``appendix_slug``."""

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
    return _chosen(root, [name for name in _names(root) if _LESSON_NAME.fullmatch(name)], wanted)


def find_notebooks(root: Path, wanted: Sequence[str] = ()) -> list[Lesson]:
    """Return the lessons and then the appendices of the checkout ``root``: the wanted ones, or all.

    An appendix goes further for whoever wants to: it is built and validated like a lesson, but has no number, no marks
    and no progress.

    Args:
        wanted: as for ``find_lessons``; an appendix has no number.

    Raises:
        CourseError: there is no such lesson or appendix; the message lists the ones there are.
    """
    names = [name for name in _names(root) if _LESSON_NAME.fullmatch(name) or is_appendix(name)]
    return _chosen(root, names, wanted)


def is_appendix(name: str) -> bool:
    """Say whether a notebook of this name is an appendix."""
    return bool(_APPENDIX_NAME.fullmatch(name))


def _names(root: Path) -> list[str]:
    return sorted(path.stem for path in (root / "solutions").glob("*.py"))


def _chosen(root: Path, names: Sequence[str], wanted: Sequence[str]) -> list[Lesson]:
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
