"""Derive what learners use from what authors write.

``lessons/*.ipynb`` come from ``solutions/*.py``, with nbgrader's own converters; the sealed quick checks of the
library come from ``solutions/questions``.
"""

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

from course_utils.authoring.questions import QUESTIONS
from course_utils.authoring.seal_questions import SEALED, sealed_texts
from course_utils.authoring.sources import notebook_text, read_source
from course_utils.checkout import Lesson, find_lessons
from course_utils.errors import CourseError
from course_utils.files import write_atomically

# What a learner finds in the place of a solution. It raises nothing, so that a lesson runs to its end
# unanswered, and it is a whole statement, so that a function whose body was the solution stays one.
CODE_STUB = "...  # YOUR ANSWER HERE"

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
    """Derive every lesson and quick check of the checkout ``root`` and write the files that changed.

    Nothing is written unless all of them can be derived, and each file is written whole or not at all.

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
    """The files that ``build`` would change, and the derived ones without a source; empty when current.

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


def _derived_texts(root: Path) -> dict[Path, str]:
    lessons = {lesson.notebook: notebook_text(derive(lesson)) for lesson in find_lessons(root)}
    return lessons | sealed_texts(root)


def _committed(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


# What nbgrader has to say reaches the reader as the one sentence of a CourseError.
_SILENT = logging.Logger("course.build", level=logging.CRITICAL)
