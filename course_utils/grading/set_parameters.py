"""Set a lesson's parameters when nbgrader grades it."""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from papermill.parameterize import parameterize_notebook
from traitlets import Dict


class SetParameters(NbGraderPreprocessor):
    """Adds papermill's parameter cell to a submission, below the lesson's own.

    Goes into nbgrader's ``Autograde.autograde_preprocessors``, before ``Execute``.
    """

    parameters = Dict(help="Names and values, for instance {'PROFILE': 'smoke'}.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with the cell added or updated."""
        nb.metadata.setdefault("papermill", {})  # papermill adds these only when it reads the file itself
        for cell in nb.cells:
            cell.metadata.setdefault("tags", [])
        return parameterize_notebook(nb, self.parameters, comment="Set for grading"), resources
