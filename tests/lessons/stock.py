"""Shared by the tests of the lessons: the lessons in their short form, and the stock tools run from outside."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbformat import NotebookNode

from course_utils.checkout import find_lessons

ROOT = Path(__file__).parents[2]
LESSONS = find_lessons(ROOT)

each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


def in_smoke_profile(notebook: NotebookNode) -> NotebookNode:
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", ()):
            cell.source, changed = re.subn(r'PROFILE = "\w+"', 'PROFILE = "smoke"', cell.source)
            assert changed == 1
    return notebook


def run(folder: Path, *command: str | Path) -> str:
    """Run a tool of the environment in ``folder``, as if the environment were active."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=folder,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return done.stdout
