"""Rubrics: shown to whoever marks a paragraph in Formgrader, and hidden from the learner's feedback."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution
from traitlets import List

from course_utils.grading.versions import released_version

_MARK = "rubric"  # in the metadata of the cells that are only for whoever marks
_DELIMITER = re.compile(r"^### (BEGIN|END) SOLUTION$", re.MULTILINE)  # what nbgrader removes stands between two of them


def rubrics(source: NotebookNode) -> dict[str, str]:
    """Return the rubric of each paragraph in an instructor's notebook, by grade id."""
    return {
        cell.metadata.nbgrader.grade_id: _DELIMITER.sub("", cell.source).strip()
        for cell in source.cells
        if is_grade(cell) and is_solution(cell)
    }


def add_rubrics(notebook: NotebookNode, shown: Mapping[str, str]) -> None:
    """Add each rubric behind the paragraph with its grade id, in place of those that are there."""
    cells = []
    for cell in _without_rubrics(notebook):
        cells.append(cell)
        id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if id in shown:
            metadata = {"course": {_MARK: True}, "editable": False, "deletable": False}
            cells.append(new_markdown_cell(shown[id], id=f"{id}-rubric", metadata=metadata))
    notebook.cells = cells


def _without_rubrics(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if not cell.metadata.get("course", {}).get(_MARK)]


class ShowRubrics(NbGraderPreprocessor):
    """Adds rubrics to what nbgrader's autograde writes. The last of ``Autograde.autograde_preprocessors``."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with them."""
        root = CourseDirectory(config=self.config).root
        source = nbformat.read(released_version(Path(root), resources["nbgrader"]["assignment"]), as_version=4)
        add_rubrics(nb, rubrics(source))
        return nb, resources


class HideRubrics(NbGraderPreprocessor):
    """Leaves rubrics out of the feedback. The first of ``GenerateFeedback.preprocessors``."""

    display_data_priority: Any = List().tag(config=True)  # which the exporter sets, and warns if it can't

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook without them."""
        nb.cells = _without_rubrics(nb)
        return nb, resources
