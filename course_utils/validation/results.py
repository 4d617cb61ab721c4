"""The results of an executed notebook: plain data, for reports and for programs."""

import re
from dataclasses import dataclass, field
from typing import Literal

from nbformat import NotebookNode
from nbgrader.utils import determine_grade, is_grade

from course_utils.execution.notebooks import NotebookOutcome

Version = Literal["solution", "learner"]
CellState = Literal["passed", "failed", "not run"]

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_LAST_LINES = 12
_ENDINGS = {"timed out": "The cell ran out of time.", "crashed": "The kernel died."}


@dataclass(frozen=True)
class CellResult:
    """The result of a code cell: ``number`` counts the notebook's cells from 1; ``peak_mb`` is the kernel's, in MB."""

    id: str
    number: int
    state: CellState
    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Failure:
    """The cell at which a notebook ended: its source and the last lines of its output."""

    cell: str
    number: int
    source: str
    last_lines: str


@dataclass(frozen=True)
class NotebookResult:
    """The result of one version of a lesson. ``seconds`` is the total time, including the kernel's start."""

    lesson: str
    version: Version
    outcome: NotebookOutcome
    seconds: float
    peak_mb: float
    cells: list[CellResult] = field(default_factory=list)
    failure: Failure | None = None
    warnings: list[str] = field(default_factory=list)
    allowed_seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"


@dataclass(frozen=True)
class Validation:
    """The results of the lessons' versions, and the ``parameters`` that every notebook was given."""

    parameters: dict[str, str | int]
    seconds: float
    results: list[NotebookResult]

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)


def summarise(
    lesson: str, version: Version, notebook: NotebookNode, outcome: NotebookOutcome, seconds: float
) -> NotebookResult:
    """Extract the result from a notebook that ``execute`` returned.

    A solution also fails at the first graded cell that does not get all of its points.
    """
    own = [cell for cell in notebook.cells if "injected-parameters" not in cell.metadata.get("tags", ())]
    cells, failure, warnings = [], None, []
    for number, cell in enumerate(own, start=1):
        if cell.cell_type != "code":
            continue
        run = cell.metadata.papermill
        state: CellState = "not run" if run.get("duration") is None else "passed"
        said = _last_lines(cell)
        if run.get("status") == "failed":
            state, said = "failed", "\n".join(filter(None, [said, _ENDINGS.get(outcome)]))
        if version == "solution" and state == "passed" and is_grade(cell):
            grumble = _stderr(cell)
            points, full = determine_grade(_without_stderr(cell))
            if points is not None and points != full:  # None: a person grades it
                state, said = "failed", f"{said}\nThe solution gets {points:g} of {full:g} points here.".strip()
            elif grumble:
                warnings.append(f"{cell.id} writes to stderr, which 'nbgrader validate' treats as a failure")
        if state == "failed" and failure is None:
            failure = Failure(cell.id, number, cell.source, said)
        cells.append(CellResult(cell.id, number, state, round(run.get("duration") or 0.0, 3), run.get("peak_mb", 0.0)))
    if failure and outcome == "passed":
        outcome = "failed"
    peak = max((cell.peak_mb for cell in cells), default=0.0)
    return NotebookResult(lesson, version, outcome, round(seconds, 2), peak, cells, failure, warnings)


def _last_lines(cell: NotebookNode) -> str:
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
    lines = _ANSI.sub("", "\n".join(parts)).rstrip().split("\n")
    return "\n".join(line[:300] for line in lines[-_LAST_LINES:])


def _stderr(cell: NotebookNode) -> bool:
    return any(output.output_type == "stream" and output.name == "stderr" for output in cell.outputs)


def _without_stderr(cell: NotebookNode) -> NotebookNode:
    kept = [o for o in cell.outputs if not (o.output_type == "stream" and o.name == "stderr")]
    return NotebookNode(cell | {"outputs": kept})
