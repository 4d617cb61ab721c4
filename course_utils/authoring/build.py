"""Derive what learners use from what authors write.

``lessons/*.ipynb`` come from ``solutions/*.py``, with nbgrader's own converters; the sealed quick checks of the
library come from ``solutions/questions``.
"""

import logging
from pathlib import Path
from typing import Any

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

from course_utils.authoring.questions import QUESTIONS
from course_utils.authoring.seal_questions import SEALED, sealed_texts
from course_utils.authoring.sources import notebook_text, read_source
from course_utils.checkout import Lesson, find_notebooks
from course_utils.errors import CourseError
from course_utils.files import write_atomically

# Replaces each solution in the learner's version. It raises nothing, so that an unanswered lesson runs to its end,
# and it is a complete statement, so that a function whose whole body was the solution stays valid.
CODE_STUB = "...  # YOUR ANSWER HERE"

# nbgrader's GenerateAssignment without the gradebook, so that lessons match what release/ of a class folder holds.
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
    """Derive every lesson, appendix and quick check of the checkout ``root``, and write the files that changed.

    Nothing is written unless all of them can be derived, and each file is written atomically.

    Returns:
        The files that were written, in order.

    Raises:
        CourseError: a source cannot be turned into a lesson, or a question breaks the schema.
        OSError: a file cannot be written.
    """
    texts = _derived_texts(root)
    changed = [path for path, text in texts.items() if _committed(path) != text]
    for path in changed:
        write_atomically(path, texts[path])
    return changed


def stale(root: Path) -> list[str]:
    """List the files that ``build`` would change and derived files without a source; empty when all are current.

    Raises:
        CourseError: a source cannot be turned into a lesson, or a question breaks the schema.
    """
    texts = _derived_texts(root)
    names = [path.relative_to(root).as_posix() for path, text in texts.items() if _committed(path) != text]
    orphans = [
        f"{path.relative_to(root).as_posix()} (there is no {source.as_posix()}/{path.stem}{suffix}: remove it)"
        for folder, kind, source, suffix in (
            (Path("lessons"), "*.ipynb", Path("solutions"), ".py"),
            (SEALED, "*.json", QUESTIONS, ".toml"),
        )
        for path in sorted((root / folder).glob(kind))
        if path not in texts
    ]
    return names + orphans


def derive(lesson: Lesson) -> NotebookNode:
    """Return the learner's version of a lesson: no solutions, hidden tests or outputs, and stable cell ids.

    Raises:
        CourseError: nbgrader refuses the source, for instance a solution outside a solution cell.
    """
    notebook = read_source(lesson.source)
    try:
        return learners_version(notebook)
    except Exception as error:  # nbgrader raises RuntimeError, ValidationError and KeyError
        raise CourseError(f"{lesson.source}: {str(error).partition(chr(10))[0]}") from error


def learners_version(notebook: NotebookNode) -> NotebookNode:
    """Return what learners get of a notebook, as nbgrader makes it."""
    config = Config({"ClearSolutions": {"code_stub": {"python": CODE_STUB}}})
    resources: dict[str, Any] = {}
    for preprocessor in _CHAIN:
        notebook, resources = preprocessor(config=config, log=_SILENT)(notebook, resources)
    return notebook


def _derived_texts(root: Path) -> dict[Path, str]:
    lessons = {lesson.notebook: notebook_text(derive(lesson)) for lesson in find_notebooks(root)}
    return lessons | sealed_texts(root)


def _committed(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


# nbgrader's log stays silent: its errors reach the reader as a one-sentence CourseError.
_SILENT = logging.Logger("course.build", level=logging.CRITICAL)
