"""Try the answers of a lesson without running the lesson: exercises are functions, so their cells are enough.

Run as ``python -m course_utils.run.gates.trial`` it reads cells as JSON from stdin and writes what their
checks said to stdout: a process of its own, so that no answer can disturb or outlive the examination.
"""

import ast
import contextlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What a check said of an answer; ``raised`` holds the error of a cell that stopped, and then there is no check."""

    id: str
    outcome: str
    points: float
    worth: float
    message: str
    raised: bool = False


def try_answers(preparation: Sequence[str], answers: Sequence[tuple[str, str]]) -> list[Answer]:
    """Run the answers' cells and collect what their checks say, in order.

    Args:
        preparation: the cells that an answer may need, run before all others (see ``definitions``).
        answers: id and source of each cell with an answer or a check.
    """
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for cell in preparation:
        with contextlib.suppress(NameError):  # it needs what the lesson computes, so no answer can rest on it
            _run(cell, namespace)
    said: list[Answer] = []
    check = namespace.get("check")

    def noting(id: str, answer: Any = None) -> Any:
        result = check(id, answer)  # type: ignore[misc]  # a lesson without one stops here, and that is noted
        said.append(Answer(result.id, result.outcome, result.points, result.max_points, result.message))
        return result

    namespace["check"] = noting
    for cell_id, cell in answers:
        try:
            _run(cell, namespace)
        except (Exception, SystemExit) as error:
            first = str(error).partition("\n")[0]
            said.append(Answer(cell_id, "error", 0.0, 0.0, f"{type(error).__name__}: {first}", raised=True))
    return said


def definitions(cell: str) -> list[str]:
    """What of a cell can be had without running the lesson: all of it where it imports, else its functions."""
    statements = ast.parse(cell).body
    if any(isinstance(statement, ast.Import | ast.ImportFrom) for statement in statements):
        return [cell]
    defined = (ast.FunctionDef, ast.ClassDef)
    return [ast.unparse(statement) for statement in statements if isinstance(statement, defined)]


def _run(cell: str, namespace: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        exec(compile(cell, "<cell>", "exec"), namespace)


def main() -> None:
    """Read ``{"preparation": [...], "versions": {name: [[id, cell], ...]}}``, write ``{name: [answer, ...]}``."""
    from course_utils.quiet import start_keras

    asked = json.load(sys.stdin)
    start_keras()
    with tempfile.TemporaryDirectory(prefix="course-gates-", ignore_cleanup_errors=True) as scratch:
        os.chdir(scratch)  # a check notes the learner's progress where it runs
        said = {name: try_answers(asked["preparation"], answers) for name, answers in asked["versions"].items()}
        os.chdir("/")
    json.dump({name: [asdict(answer) for answer in answers] for name, answers in said.items()}, sys.stdout)


if __name__ == "__main__":
    main()
