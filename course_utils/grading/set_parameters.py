"""How nbgrader sets a lesson's parameters when it grades."""

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from papermill.parameterize import parameterize_notebook
from traitlets import Dict


class SetParameters(NbGraderPreprocessor):
    """Adds papermill's cell of parameters to a submission, below the lesson's own.

    A step for nbgrader's ``Autograde.autograde_preprocessors``, ahead of ``Execute``.
    """

    parameters = Dict(help="Names and values, for instance {'PROFILE': 'smoke'}.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Return the notebook with the cell added, or with its values brought up to date."""
        nb.metadata.setdefault("papermill", {})  # papermill fills these in when it reads a file
        for cell in nb.cells:
            cell.metadata.setdefault("tags", [])
        return parameterize_notebook(nb, self.parameters, comment="Set for grading"), resources
