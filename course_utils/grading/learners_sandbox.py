"""The sandbox in which a class's work is run: it holds the public part of the library and the models, nothing else."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import course_utils
from course_utils.checkout import find_checkout
from course_utils.errors import CourseError
from course_utils.execution.sandbox.binds import Bind
from course_utils.execution.sandbox.bubblewrap import Sandbox, require_sandbox
from course_utils.execution.sandbox.protection import Protection, probe_protection
from course_utils.execution.sandbox.public_library import with_public_library
from course_utils.execution.sandbox.unconfined import Unconfined
from course_utils.pretrained.store import models_folder

_MODELS = Path("/models")  # in the sandbox
_STAGE = "course-stage-"  # the beginning of a temporary folder's name


@contextmanager
def learners_sandbox() -> Iterator[Sandbox]:
    """Yield the sandbox; what it needs on the disk is removed after the block, or by the next one after a kill."""
    _remove_forgotten()
    binds = (Bind(models_folder(), _MODELS),) if models_folder().is_dir() else ()
    with tempfile.TemporaryDirectory(prefix=f"{_STAGE}{os.getpid()}-") as stage:
        yield with_public_library(Sandbox(binds, environment={"COURSE_MODELS": str(_MODELS)}), Path(stage))


def _remove_forgotten() -> None:
    """Remove what graders that were killed have left."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_STAGE}*"):
        pid = folder.name.removeprefix(_STAGE).partition("-")[0]
        if pid.isdigit() and not Path("/proc", pid).exists():
            shutil.rmtree(folder, ignore_errors=True)


def no_sandbox() -> Unconfined:
    """Return what runs a class's work on a machine that has no sandbox, with the whole library in its reach."""
    library = str(Path(course_utils.__file__).parents[1])
    return Unconfined({"PYTHONPATH": library, "PYTHONSAFEPATH": "1", "COURSE_MODELS": str(models_folder())})


def protection_in_force(secrets: Sequence[Path] = ()) -> list[Protection]:
    """Try to break out of that sandbox on this machine.

    Args:
        secrets: files and folders that must be out of its reach, besides the solutions and the verdicts of the course.

    Returns:
        Whether there is a sandbox at all and, if there is, one protection for each attempt.
    """
    try:
        require_sandbox()
    except CourseError as error:
        return [Protection("sandbox", held=False, said=str(error))]
    with learners_sandbox() as sandbox:
        tried = probe_protection(sandbox, [*_secrets_of_the_course(), *secrets])
    return [Protection("sandbox", held=True, said="bubblewrap starts programs in namespaces of their own"), *tried]


def _secrets_of_the_course() -> list[Path]:
    package = Path(course_utils.__file__).parent
    found = [package / "grading", Path("/etc/passwd")]
    try:
        return [find_checkout() / "solutions", *found]
    except CourseError:  # installed without one
        return found
