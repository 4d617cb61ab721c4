"""Run the answer cells of a lesson without running the lesson: exercises are functions, so their cells are enough.

Run as ``python -m course_utils.execution.answer_cells``, it reads cells as JSON from stdin and writes what their
checks said to stdout. It is a process of its own, so that no answer can disturb or outlive the examination.
"""

import ast
import contextlib
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a check said about an answer, or, if ``raised``, the error that stopped the cell before its check."""

    id: str
    outcome: str
    points: float
    worth: float
    message: str
    raised: bool = False


def names_for_answers(preparation: Sequence[str]) -> dict[str, Any]:
    """Return the names that an answer's cell can use: what a lesson imports and the functions that it defines.

    Args:
        preparation: pieces of the lesson's cells, in order; see ``definitions``. No experiment in them is run.
    """
    names: dict[str, Any] = {"__name__": "__main__"}
    for piece in preparation:
        with contextlib.suppress(NameError):  # it needs what the lesson computes, so no answer can depend on it
            run_cell(piece, names)
    return names


def run_cell(code: str | ast.Module, names: dict[str, Any]) -> None:
    """Run a cell's code in the namespace ``names``, which it changes."""
    exec(compile(code, "<cell>", "exec"), names)


def try_answers(preparation: Sequence[str], answers: Sequence[tuple[str, str]]) -> list[Answer]:
    """Run the answers' cells and return what their checks say, in order.

    Args:
        preparation: the cells that an answer may need, run before all others (see ``definitions``).
        answers: id and source of each cell with an answer or a check.
    """
    namespace = names_for_answers(preparation)
    said: list[Answer] = []
    if "check" in namespace:
        namespace["check"] = _noting(namespace["check"], said)
    for cell_id, cell in answers:
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                run_cell(cell, namespace)
        except (Exception, SystemExit) as error:
            first = str(error).partition("\n")[0]
            said.append(Answer(cell_id, "error", 0.0, 0.0, f"{type(error).__name__}: {first}", raised=True))
    return said


def _noting(check: Callable[..., Any], said: list[Answer]) -> Callable[..., Any]:
    """Wrap the lesson's own ``check``, so that it also adds what it says to ``said``."""

    def noting(id: str, answer: Any = None) -> Any:
        result = check(id, answer)
        said.append(Answer(result.id, result.outcome, result.points, result.max_points, result.message))
        return result

    return noting


def definitions(cell: str) -> list[str]:
    """Return what can be run of a cell without the lesson: all of it if it imports, else its functions and classes."""
    statements = ast.parse(cell).body
    if any(isinstance(statement, ast.Import | ast.ImportFrom) for statement in statements):
        return [cell]
    defined = (ast.FunctionDef, ast.ClassDef)
    return [ast.unparse(statement) for statement in statements if isinstance(statement, defined)]


def try_versions(asked: Mapping[str, Any]) -> dict[str, list[Answer]]:
    """Run each version in ``{"preparation": [...], "versions": {name: [(id, cell), ...]}}`` and return its answers."""
    return {name: try_answers(asked["preparation"], answers) for name, answers in asked["versions"].items()}


if __name__ == "__main__":
    tried = try_versions(json.load(sys.stdin))
    json.dump({name: [asdict(answer) for answer in answers] for name, answers in tried.items()}, sys.stdout)
