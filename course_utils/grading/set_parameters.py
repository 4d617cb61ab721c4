"""Set a lesson's parameters when nbgrader grades it, and bring a lesson of an older class folder up to date."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from papermill.parameterize import parameterize_notebook
from traitlets import Dict

from course_utils.learn import renumbering


class SetParameters(NbGraderPreprocessor):
    """Adds papermill's parameter cell to a submission, below the lesson's own.

    In the former lesson 04, every check gets the id that it has today: settings of older class folders name this step.
    Goes into nbgrader's ``Autograde.autograde_preprocessors``, before ``Execute``.
    """

    parameters = Dict(help="Names and values, for instance {'PROFILE': 'smoke'}.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with the cell added or updated."""
        if resources.get("metadata", {}).get("name") == renumbering.FORMER_LESSON:
            for cell in nb.cells:
                if cell.cell_type == "code":
                    cell.source = renumbering.with_ids_of_today(cell.source)
        nb.metadata.setdefault("papermill", {})  # papermill adds these only when it reads the file itself
        for cell in nb.cells:
            cell.metadata.setdefault("tags", [])
        return parameterize_notebook(nb, self.parameters, comment="Set for grading"), resources
