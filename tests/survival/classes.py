"""A class of lesson 02 for the tests of survival: handed out once, and handed in as each test wants."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbgrader.utils import is_solution

import course_utils
from course_utils.execution.sandbox.bubblewrap import _USERS
from course_utils.grading import classroom

COURSE = Path(course_utils.__file__).parents[1]
LESSON = "02_feature_extraction"


def handed_out(folder: Path, *lessons: str) -> Path:
    """Make a class folder and what its learners get."""
    classroom.init(folder, COURSE)
    for lesson in lessons:
        nbgrader(folder, "generate_assignment", lesson)
    return folder


def nbgrader(folder: Path, *command: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where it looks for alembic
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def right_answers(folder: Path, lesson: str = LESSON) -> dict[str, str]:
    """Return the solutions, by grade id; those of the knowledge check are the class's own."""
    notebook = nbformat.read(folder / "source" / lesson / f"{lesson}.ipynb", as_version=4)
    marks = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
    return {cell.id: marks.sub("", cell.source) for cell in notebook.cells if is_solution(cell)}


def hand_in(folder: Path, learner: str, answers: Mapping[str, str], lesson: str = LESSON) -> Path:
    """Hand in the lesson with these answers, by grade id; return the notebook's path."""
    notebook = nbformat.read(folder / "release" / lesson / f"{lesson}.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    path = folder / "submitted" / learner / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


def tree(folder: Path) -> set[str]:
    """Return every file, folder and link below a folder."""
    return {
        os.path.relpath(os.path.join(place, name), folder)  # noqa: PTH118 - it never follows links
        for place, folders, files in os.walk(folder)
        for name in (*folders, *files)
    }


def processes(launcher: int | None = None) -> set[str]:
    """Return what a process has started and what runs in its sandboxes; default: this one."""
    own = launcher or os.getpid()
    users = {_USERS[(8 * own + number) % len(_USERS)] for number in range(8)}
    found = set()
    for name in (path.name for path in Path("/proc").iterdir() if path.name.isdigit()):
        try:
            parent = int(Path("/proc", name, "stat").read_text().rpartition(")")[2].split()[1])
            if parent == own or Path("/proc", name).stat().st_uid in users:
                found.add(f"{name} {Path('/proc', name, 'cmdline').read_text()[:200]}")
        except OSError:  # it has ended meanwhile
            pass
    return found
