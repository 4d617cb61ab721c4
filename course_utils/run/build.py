"""Derive what learners open, ``lessons/*.ipynb``, from ``solutions/*.py`` with nbgrader's own converters."""

import logging
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from traitlets.config import Config

from course_utils.errors import CourseError
from course_utils.run.files import write_atomically
from course_utils.run.sources import Lesson, find_lessons, notebook_text, read_source

# What a learner finds in the place of a solution. It raises nothing, so that a lesson runs to its end
# unanswered, and it is a whole statement, so that a function whose body was the solution stays one.
CODE_STUB = "# YOUR CODE HERE\npass"

# The chain of nbgrader's GenerateAssignment without the gradebook: release/ of a class folder holds the same.
_CHAIN = (
    LockCells,
    ClearSolutions,
    ClearOutput,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
)


def build(root: Path) -> list[Path]:
    """Derive every lesson of the checkout ``root`` and write those that changed.

    Nothing is written unless all of them can be derived, and each file is written whole or not at all.

    Returns:
        The notebooks that were written, in order.

    Raises:
        CourseError: a source cannot be turned into a lesson.
        OSError: a notebook cannot be written.
    """
    texts = _derived_texts(root)
    changed = [lesson for lesson, text in texts.items() if _committed(lesson) != text]
    for lesson in changed:
        write_atomically(lesson.notebook, texts[lesson])
    return [lesson.notebook for lesson in changed]


def stale(root: Path) -> list[str]:
    """The files of ``lessons/`` that ``build`` would change, and those without a source; empty when current.

    Raises:
        CourseError: a source cannot be turned into a lesson.
    """
    texts = _derived_texts(root)
    names = [lesson.notebook.name for lesson, text in texts.items() if _committed(lesson) != text]
    sources = {lesson.notebook.name for lesson in texts}
    orphans = [path.name for path in sorted((root / "lessons").glob("*.ipynb")) if path.name not in sources]
    return [f"lessons/{name}" for name in names] + [
        f"lessons/{name} (there is no solutions/{Path(name).stem}.py: remove it)" for name in orphans
    ]


def derive(lesson: Lesson) -> NotebookNode:
    """The learner's version of a lesson: no solutions, no hidden tests, no outputs, stable cell ids.

    Raises:
        CourseError: nbgrader refuses the source, for instance a solution outside a solution cell.
    """
    notebook = read_source(lesson.source)
    config = Config({"ClearSolutions": {"code_stub": {"python": CODE_STUB}}})
    resources: dict = {}
    try:
        for preprocessor in _CHAIN:
            notebook, resources = preprocessor(config=config, log=_SILENT)(notebook, resources)
    except Exception as error:  # nbgrader raises RuntimeError, ValidationError and KeyError
        raise CourseError(f"{lesson.source}: {str(error).partition(chr(10))[0]}") from error
    return notebook


def _derived_texts(root: Path) -> dict[Lesson, str]:
    return {lesson: notebook_text(derive(lesson)) for lesson in find_lessons(root)}


def _committed(lesson: Lesson) -> str | None:
    try:
        return lesson.notebook.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


# What nbgrader has to say reaches the reader as the one sentence of a CourseError.
_SILENT = logging.Logger("course.build", level=logging.CRITICAL)
