"""The solution gets all points; an untouched lesson gets none, is unattempted throughout, and raises no error."""

import ast
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from course_utils.authoring.gates.subject import Finding, Subject
from course_utils.errors import CourseError
from course_utils.execution import answer_cells
from course_utils.execution.answer_cells import Answer, definitions

_PATIENCE = 300  # seconds for all answers of a lesson, which usually take a few
Trial = Mapping[str, Sequence[Answer]]  # "solution" and "untouched"


def try_apart(subject: Subject) -> Trial:
    """Check the solution's answers and the untouched stubs in a separate process.

    Raises:
        CourseError: the process failed, or did not end in time.
    """
    with tempfile.TemporaryDirectory(prefix="course-gates-", ignore_cleanup_errors=True) as scratch:
        try:
            done = subprocess.run(
                [sys.executable, "-m", answer_cells.__name__],
                input=json.dumps(asked(subject)),
                capture_output=True,
                text=True,
                timeout=_PATIENCE,
                check=False,
                cwd=scratch,
                env=os.environ | {"COURSE_PROGRESS": str(Path(scratch, "progress.json"))},  # not the user's
            )
        except subprocess.TimeoutExpired:
            raise CourseError(f"they took more than {_PATIENCE} s. Find the one that does not end.") from None
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise CourseError(f"they could not be tried ({last}). Fix the cells with imports and definitions.")
    return {name: [Answer(**answer) for answer in said] for name, said in json.loads(done.stdout).items()}


def asked(subject: Subject) -> dict[str, Any]:
    """Return the cells to be tried, in both versions; the checks are those that learners have, without hidden tests."""
    code = [cell for cell in subject.learner.cells if cell.cell_type == "code"]
    others = [cell for cell in code if "nbgrader" not in cell.metadata]
    parameters = [cell.source for cell in others if "parameters" in cell.metadata.get("tags", ())]
    stubs = {cell.id: cell.source for cell in code if "nbgrader" in cell.metadata}
    solved = {
        cell.id: cell.source for cell in subject.source.cells if cell.metadata.get("nbgrader", {}).get("solution")
    }
    return {
        "preparation": parameters + [part for cell in others for part in definitions(cell.source)],
        "versions": {
            "solution": [(id, solved.get(id, stub)) for id, stub in stubs.items()],
            "untouched": list(stubs.items()),
        },
    }


def solution_scores_everything(subject: Subject, tried: Trial) -> Iterator[Finding]:
    """The answers in the source pass every quick check and exercise."""
    for answer in tried["solution"]:
        if answer.raised:
            yield subject.finding(answer.id, f"the solution's cell stops with {answer.message}. Fix it.")
        elif answer.outcome != "passed":
            got = f"gets {answer.points:g} of {answer.worth:g} ({answer.outcome}: {answer.message})"
            yield subject.finding(answer.id, f"the solution {got}. Fix the solution, or its check.")


def untouched_scores_nothing(subject: Subject, tried: Trial) -> Iterator[Finding]:
    """A lesson without answers is unattempted throughout."""
    for answer in tried["untouched"]:
        if answer.raised:
            what = f"untouched, its cell stops with {answer.message}. A stub must run without an error."
            yield subject.finding(answer.id, what)
        elif answer.outcome != "unattempted" or answer.points:
            what = f"untouched, it is {answer.outcome} with {answer.points:g} points, not unattempted. Fix the stub."
            yield subject.finding(answer.id, what)


def everything_is_asked_once(subject: Subject) -> Iterator[Finding]:
    """The lesson asks for each of its quick checks and exercises once, for the points that the check is worth."""
    checks = [
        (id, cell)
        for cell in subject.learner.cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
        for id in _checked(cell.source)
    ]
    worth = {**dict.fromkeys(subject.knowledge_check, 1.0), **subject.points}
    asked = (*subject.ids, *subject.knowledge_check)
    for id in asked:
        times = sum(other == id for other, _ in checks)
        if times != 1:
            what = f'the lesson asks for it {times} times. One cell with check("{id}", ...) is needed.'
            yield subject.finding(id, what)
    for id, cell in checks:
        if id not in asked:
            yield subject.finding(cell.id, f'it checks "{id}", which the lesson does not have. Correct the id.')
        given = cell.metadata.nbgrader.get("points")
        if given is not None and given != worth.get(id, given):
            what = f"the cell {cell.id} gives {given:g} points and its check {worth[id]:g}. Make them equal."
            yield subject.finding(id, what)


def cells_are_named_after_their_checks(subject: Subject) -> Iterator[Finding]:
    """The ``grade_id`` of a cell says which check it calls: ``q3`` or ``e1-check``."""
    for cell in subject.learner.cells:
        if cell.cell_type != "code" or "nbgrader" not in cell.metadata:
            continue
        for id in _checked(cell.source):
            wanted = id.partition(".")[2] + ("-check" if cell.metadata.nbgrader.get("grade") else "")
            if cell.metadata.nbgrader.grade_id != wanted:
                yield subject.finding(cell.id, f'it checks "{id}". Give it the grade_id "{wanted}".')


def _checked(cell: str) -> list[str]:
    """Return the ids that a cell passes to ``check``."""
    calls = (node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Call) and node.args)
    named = (call.args[0] for call in calls if isinstance(call.func, ast.Name) and call.func.id == "check")
    return [id.value for id in named if isinstance(id, ast.Constant) and isinstance(id.value, str)]


def points(answers: Sequence[Answer]) -> str:
    """Return a score as ``17 of 17 points``."""
    return f"{sum(answer.points for answer in answers):g} of {sum(answer.worth for answer in answers):g} points"
