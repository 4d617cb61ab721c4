"""The source of a lesson or an appendix: a jupytext py:percent script in ``solutions`` that includes the solutions.

The nbgrader metadata in a cell marker may be short (``nbgrader={"grade_id": "e1", "solution": true}``): the other
fields that nbgrader needs are filled in here. The front matter is in the header, under ``course``.
"""

import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import yaml
from nbformat import NotebookNode

from course_utils.authoring.front_matter import AppendixMatter, FrontMatter, parse_front_matter
from course_utils.authoring.knowledge_check_cells import TAG, asks_for_questions, expand
from course_utils.authoring.questions import QUESTIONS, read_bank
from course_utils.checkout import Lesson, is_appendix
from course_utils.errors import CourseError

_GRADE_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the notebook format's rule for cell ids, which these become
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read_front_matter(path: Path) -> FrontMatter:
    """Return the front matter in a lesson's header.

    Raises:
        CourseError: the script cannot be read as a lesson, or its front matter is missing or breaks the schema.
    """
    return parse_front_matter(path, _read_script(path).metadata.get("course"), FrontMatter)


def read_source(path: Path) -> NotebookNode:
    """Read the source of a lesson or an appendix as a notebook with solutions and hidden tests, as nbgrader needs it.

    Reading the same text gives the same notebook, cell ids included. A graded or solution cell's id is its
    ``grade_id``; other cells are numbered within their section, so that an edit doesn't rename distant cells.
    The front matter is kept except for the misconceptions, which reveal wrong answers.

    Raises:
        CourseError: the script cannot be read as a lesson.
    """
    notebook = _read_script(path)
    header = notebook.metadata.get("course")
    parse_front_matter(path, header, AppendixMatter if is_appendix(path.stem) else FrontMatter)
    course = {field: value for field, value in header.items() if field != "misconceptions"}
    notebook.metadata = NotebookNode(course=course, kernelspec=_KERNEL, language_info={"name": "python"})
    for cell in notebook.cells:
        cell.metadata.pop("lines_to_next_cell", None)
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader = _complete(path, cell.metadata.nbgrader)
    _require_parameters(path, notebook)
    _add_knowledge_check(path, notebook)
    _number_cells(path, notebook)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def read_lesson(lesson: Lesson) -> NotebookNode:
    """Read the notebook in ``lessons/`` that learners open.

    Raises:
        CourseError: it was not built, or is not a notebook.
    """
    try:
        notebook: NotebookNode = nbformat.read(lesson.notebook, as_version=4)
    except FileNotFoundError as error:
        raise CourseError(f"There is no {lesson.notebook}. Make it with: course build") from error
    except nbformat.reader.NotJSONError as error:
        raise CourseError(f"{lesson.notebook} is not a notebook. Make it again: course build") from error
    return notebook


def _read_script(path: Path) -> NotebookNode:
    try:
        notebook: NotebookNode = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    except FileNotFoundError as error:
        raise CourseError(f"There is no {path}.") from error
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise CourseError(f"{path} cannot be read as a jupytext py:percent script: {_first_line(error)}") from error
    return notebook


def notebook_text(notebook: NotebookNode) -> str:
    """Return a notebook as the text of its file, with sorted keys and one newline at the end, so that it diffs well."""
    text: str = nbformat.writes(notebook, version=4, sort_keys=True)
    return text.rstrip("\n") + "\n"


def _complete(path: Path, short: dict[str, Any]) -> NotebookNode:
    grade_id = short.get("grade_id")
    if not isinstance(grade_id, str) or not _GRADE_ID.fullmatch(grade_id):
        raise CourseError(f"{path}: the grade_id {grade_id!r} must be 1 to 64 letters, digits, dashes or underscores.")
    full = {"grade": False, "solution": False, "task": False, "schema_version": 3} | short
    full.setdefault("locked", not full["solution"])
    if full["grade"] and "points" not in full:
        raise CourseError(f"{path}: the graded cell {grade_id!r} has no points.")
    return NotebookNode(full)


def _require_parameters(path: Path, notebook: NotebookNode) -> None:
    tagged = sum("parameters" in cell.metadata.get("tags", ()) for cell in notebook.cells)
    if tagged != 1:
        raise CourseError(f'{path} needs one cell marked tags=["parameters"], and has {tagged}.')


def _add_knowledge_check(path: Path, notebook: NotebookNode) -> None:
    asked = sum(map(asks_for_questions, notebook.cells))
    if asked > 1:
        raise CourseError(f'{path} has {asked} cells marked tags=["{TAG}"]; keep one.')
    if asked:
        lesson = path.stem[:2]
        bank = read_bank(path.parent / QUESTIONS.name, lesson)
        if not bank:
            raise CourseError(
                f"{path} has a knowledge check and no questions for it: write solutions/questions/bank_{lesson}.toml."
            )
        expand(notebook, lesson, bank)


def _number_cells(path: Path, notebook: NotebookNode) -> None:
    taken = Counter(cell.metadata.nbgrader.grade_id for cell in notebook.cells if "nbgrader" in cell.metadata)
    for grade_id, times in taken.items():
        if times > 1:
            raise CourseError(f"{path}: the grade_id {grade_id!r} is used {times} times; each needs its own.")
    section, numbers = "start", Counter[str]()
    for cell in notebook.cells:
        heading = re.search(r"^#+\s+(.+)$", cell.source, re.MULTILINE) if cell.cell_type == "markdown" else None
        if heading:
            section = _slug(heading[1]) or section
        if "nbgrader" in cell.metadata:
            cell.id = cell.metadata.nbgrader.grade_id
            continue
        while True:
            numbers[section] += 1
            cell.id = f"{section}-{numbers[section]}"
            if cell.id not in taken:
                break


def _slug(heading: str) -> str:
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:48].strip("-")


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
