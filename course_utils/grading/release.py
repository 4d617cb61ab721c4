"""Hand out a lesson of a class, and keep the version that it was made from."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.apps import NbGraderAPI
from nbgrader.coursedir import CourseDirectory

from course_utils.errors import CourseError
from course_utils.files import write_atomically
from course_utils.grading.class_settings import class_settings
from course_utils.grading.classroom import assignments
from course_utils.grading.gradebook import require_reachable
from course_utils.grading.submissions import learners
from course_utils.grading.versions import kept_version, source_version


def release(folder: Path, name: str, again: bool = False) -> Path:
    """Make the learners' version of the lesson ``name`` with nbgrader, and return its path.

    Args:
        again: release it even if learners have handed in work that was made from another version.

    Raises:
        CourseError: there is no such lesson, nbgrader refuses it, or learners have handed in work that was made from
            another version.
        OSError: a file can't be read or written.
    """
    settings = class_settings(folder)
    if name not in assignments(folder):
        raise CourseError(f"There is no {name} in {folder / 'source'}. It has: {', '.join(assignments(folder))}.")
    places = CourseDirectory(config=settings)
    kept = kept_version(folder, name)
    text = source_version(folder, name).read_bytes()
    submitted = folder / places.submitted_directory
    handed_in = learners(submitted, name) if submitted.is_dir() else []
    if handed_in and kept.is_file() and kept.read_bytes() != text and not again:
        raise CourseError(
            f"{source_version(folder, name)} was changed after it was released, and {len(handed_in)} have handed in "
            "work that was made from that release. To have their answers graded by the new version, add --again."
        )
    require_reachable(settings)
    with _programs_of_this_environment():
        done = NbGraderAPI(coursedir=places, config=settings).generate_assignment(name, force=True, create=True)
    if not done["success"]:
        raise CourseError(f"nbgrader can't make {name} from {folder / 'source'}: {_reason(done)}")
    write_atomically(kept, text)
    return folder / str(places.release_directory) / name / f"{name}.ipynb"


def path_with_alembic() -> str:
    """Return a PATH on which nbgrader finds alembic, which it calls by its name, even where none is active."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


@contextmanager
def _programs_of_this_environment() -> Iterator[None]:
    before = os.environ["PATH"]
    os.environ["PATH"] = path_with_alembic()
    try:
        yield
    finally:
        os.environ["PATH"] = before


def _reason(done: dict[str, str]) -> str:
    said = (done.get("error") or done.get("log") or "it gives no reason").strip().splitlines()
    return said[-1].strip()
