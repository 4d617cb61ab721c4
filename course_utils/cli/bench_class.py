"""A class to measure with: a folder as instructors make it, handed out, and handed in by made-up learners."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution

from course_utils.checkout import find_checkout
from course_utils.errors import CourseError
from course_utils.grading import classroom
from course_utils.grading.class_settings import CONFIG
from course_utils.grading.release import path_with_alembic

_MARKS = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)


def handed_out(folder: Path, *lessons: str) -> Path:
    """Make ``folder`` a class folder and, with stock nbgrader, what its learners get.

    Its lessons don't ask for a paragraph, since nobody is there to mark it.
    """
    settings = files("course_utils.grading").joinpath("class_folder", CONFIG).read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(f"{settings}\nc.ClassLessons.paragraph_points = 0\n", encoding="utf-8")
    classroom.init(folder, find_checkout())
    for lesson in lessons:
        nbgrader(folder, "generate_assignment", lesson)
    return folder


def nbgrader(folder: Path, *command: str) -> None:
    """Run stock nbgrader in a class folder.

    Raises:
        CourseError: it failed; the message ends with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        env=with_alembic(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CourseError(f"nbgrader {' '.join(command)} failed in {folder}. It said: {done.stdout[-2000:]}")


def with_alembic() -> dict[str, str]:
    """Return the environment in which nbgrader finds what it runs."""
    return os.environ | {"PATH": path_with_alembic()}


def right_answers(folder: Path, lesson: str) -> dict[str, str]:
    """Return a lesson's solutions by grade id; those of its knowledge check are the class's own."""
    notebook = nbformat.read(folder / "source" / lesson / f"{lesson}.ipynb", as_version=4)
    return {cell.id: _MARKS.sub("", cell.source) for cell in notebook.cells if is_solution(cell)}


def hand_in(folder: Path, learner: str, answers: Mapping[str, str], lesson: str) -> Path:
    """Hand in a lesson with these answers by grade id, and return the notebook's path."""
    notebook = nbformat.read(folder / "release" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = folder / "submitted" / learner / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """Yield a copy of a class folder, which is removed after the block."""
    with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
        yield Path(shutil.copytree(folder, Path(place) / "class"))
