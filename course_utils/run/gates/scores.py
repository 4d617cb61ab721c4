"""The solution scores everything, and an untouched lesson nothing: unattempted, and never an error."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence

from nbformat import NotebookNode

from course_utils.run.gates.subject import Finding, Subject
from course_utils.run.gates.trial import Answer, definitions

_PATIENCE = 300  # seconds for all answers of a lesson; they take a few
Trial = Mapping[str, Sequence[Answer]]  # "solution" and "untouched"


def try_versions(subject: Subject) -> Trial:
    """Check the solution's answers and the untouched stubs in a process of their own.

    Raises:
        subprocess.SubprocessError: it ended without an answer, or not in time.
    """
    asked = {"preparation": _preparation(subject), "versions": _versions(subject)}
    command = [sys.executable, "-m", "course_utils.run.gates.trial"]
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, timeout=_PATIENCE, check=True
    )
    return {name: [Answer(**answer) for answer in said] for name, said in json.loads(done.stdout).items()}


def _preparation(subject: Subject) -> list[str]:
    """The parameters, the imports and the functions of the lesson, answers apart."""
    cells = [cell for cell in subject.learner.cells if cell.cell_type == "code" and "nbgrader" not in cell.metadata]
    parameters = [cell.source for cell in cells if "parameters" in cell.metadata.get("tags", ())]
    return parameters + [part for cell in cells for part in definitions(cell.source)]


def _versions(subject: Subject) -> dict[str, list[tuple[str, str]]]:
    """The cells with answers and checks, in both versions; checks as learners have them, without hidden tests."""
    solved = {cell.id: cell.source for cell in subject.source.cells if _is_solution(cell)}
    cells = [cell for cell in subject.learner.cells if "nbgrader" in cell.metadata and cell.cell_type == "code"]
    return {
        "solution": [(cell.id, solved.get(cell.id, cell.source)) for cell in cells],
        "untouched": [(cell.id, cell.source) for cell in cells],
    }


def _is_solution(cell: NotebookNode) -> bool:
    return cell.metadata.get("nbgrader", {}).get("solution", False)


def solution_scores_everything(subject: Subject, trial: Trial) -> Iterator[Finding]:
    """Every quick check and exercise is passed by the answer in the source."""
    for answer in trial["solution"]:
        if answer.raised:
            yield subject.finding(answer.id, f"the solution's cell stops with {answer.message}. Mend it.")
        elif answer.outcome != "passed":
            got = f"gets {answer.points:g} of {answer.worth:g} ({answer.outcome}: {answer.message})"
            yield subject.finding(answer.id, f"the solution {got}. Mend the solution, or its check.")


def untouched_scores_nothing(subject: Subject, trial: Trial) -> Iterator[Finding]:
    """A lesson that nobody has answered is unattempted throughout."""
    for answer in trial["untouched"]:
        if answer.raised:
            what = f"untouched, its cell stops with {answer.message}. A stub must run without an error."
            yield subject.finding(answer.id, what)
        elif answer.outcome != "unattempted" or answer.points:
            what = f"untouched, it is {answer.outcome} with {answer.points:g} points, not unattempted. Mend the stub."
            yield subject.finding(answer.id, what)


def everything_is_asked_once(subject: Subject) -> Iterator[Finding]:
    """The lesson asks for each of its quick checks and exercises once, and gives the points that it has."""
    asked = [
        (id, cell)
        for cell in subject.learner.cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
        for id in _checked(cell.source)
    ]
    for id in subject.ids:
        times = sum(other == id for other, _ in asked)
        if times != 1:
            what = f'the lesson asks for it {times} times. One cell with check("{id}", ...) is needed.'
            yield subject.finding(id, what)
    for id, cell in asked:
        if id not in subject.ids:
            yield subject.finding(cell.id, f'it checks "{id}", which the lesson does not have. Correct the id.')
        points = cell.metadata.nbgrader.get("points")
        if points is not None and points != subject.points.get(id, points):
            what = f"the cell {cell.id} gives {points:g} points and its check {subject.points[id]:g}. Make them equal."
            yield subject.finding(id, what)


def _checked(cell: str) -> list[str]:
    """The ids that a cell hands to ``check``."""
    calls = (node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Call) and node.args)
    named = (call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check")
    return [id.value for id in named if isinstance(id, ast.Constant) and isinstance(id.value, str)]


def points(answers: Sequence[Answer]) -> str:
    """A score as ``17 of 17 points``."""
    return f"{sum(answer.points for answer in answers):g} of {sum(answer.worth for answer in answers):g} points"
