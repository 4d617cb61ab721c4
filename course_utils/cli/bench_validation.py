"""What ``course validate`` saves over running every notebook cold."""

import ctypes
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from course_utils.authoring.sources import notebook_text, read_lesson, read_source
from course_utils.checkout import find_checkout, find_notebooks
from course_utils.cli.bench_rows import BenchRatio, LeftOut
from course_utils.errors import CourseError
from course_utils.execution.forked import IS_POSSIBLE

_ADOPT = 36  # PR_SET_CHILD_SUBREAPER of prctl(2)
_START = "from course_utils.cli.main import main; main()"


def validation() -> Iterator[BenchRatio | LeftOut]:
    """Measure every lesson in the profile smoke: both versions in cold papermill runs, and ``course validate``."""
    if not IS_POSSIBLE:
        yield LeftOut("validation", "kernels are forked on Linux alone")
        return
    _adopt()
    root = find_checkout()
    ours = _spent(root, [sys.executable, "-c", _START, "validate", "--profile", "smoke"])
    raw, cold = {"course validate": ours}, 0.0
    with tempfile.TemporaryDirectory(prefix="course-bench-") as place:
        folder = Path(place)
        for lesson in find_notebooks(root):
            for version, notebook in (("solution", read_source(lesson.source)), ("learner", read_lesson(lesson))):
                path = folder / f"{lesson.name}.{version}.ipynb"
                path.write_text(notebook_text(notebook), encoding="utf-8")
                command = [sys.executable, "-m", "papermill", "-p", "PROFILE", "smoke", "--no-progress-bar"]
                raw[f"papermill, {path.stem}"] = _spent(folder, [*command, str(path), str(folder / "out.ipynb")])
                cold += raw[f"papermill, {path.stem}"]
    yield BenchRatio(
        "validation", cold, "processor seconds of cold papermill", ours, "of course validate", least=2, raw=raw
    )


def _spent(folder: Path, command: list[str]) -> float:
    """Run a command in ``folder`` and return its processor seconds, with those of every process that it started."""
    before = _computed()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=folder, stdout=said, stderr=said)
        if process.wait():
            said.seek(0)
            raise CourseError(f"{' '.join(command[2:])} failed: {said.read()[-2000:].decode()}")
    while True:  # what the command left to this process, which keeps the time of all that it waited for
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return _computed() - before


def _computed() -> float:
    """Return the processor seconds of the processes that this one has waited for."""
    return sum(os.times()[2:4])


def _adopt() -> None:
    """Have Linux give this process the processes whose parents end, such as a server of forked kernels."""
    if ctypes.CDLL(None).prctl(_ADOPT, 1, 0, 0, 0):
        raise CourseError(
            "This system does not let a process adopt its children's children, so their time can't be counted. Measure "
            "on a Linux machine outside a container."
        )
