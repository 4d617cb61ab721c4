"""The part of this package that programs in the sandbox may read: what learners use, without how answers are judged."""

import ast
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import course_utils
from course_utils.execution.sandbox.binds import Bind
from course_utils.execution.sandbox.bubblewrap import Sandbox
from course_utils.execution.slicing import sliced, statements_of

#: Where the package is in the sandbox.
LIBRARY = Path("/library")
_PACKAGE = Path(course_utils.__file__).parent
_WITHHELD = {"authoring", "cli", "doctor.py", "grading", "validation", "__pycache__"}
_JUDGED = "exercises"
_ON_THE_SCORERS_SIDE = {"challenge", "verdict"}  # an exercise's methods


def with_public_library(sandbox: Sandbox, stage: Path, readable: Sequence[Path] = ()) -> Sandbox:
    """Return the sandbox with the public part of the package in it, on Python's path.

    Args:
        stage: an empty folder, kept as long as the sandbox; the exercises without their verdicts go there.
        readable: further files and folders, each at its own path, such as the models' cache.
    """
    exercises = stage / _JUDGED
    write_without_verdicts(_PACKAGE / _JUDGED, exercises)
    root = LIBRARY / _PACKAGE.name
    public = [path for path in sorted(_PACKAGE.iterdir()) if path.name not in _WITHHELD | {_JUDGED}]
    binds = [Bind(path, root / path.name) for path in public]
    binds.append(Bind(exercises, root / _JUDGED))
    return replace(
        sandbox,
        binds=(*sandbox.binds, *binds, *(Bind(path, path) for path in readable)),
        # Installed without a checkout, the whole package lies among the environment's libraries.
        hidden=(*sandbox.hidden, *([_PACKAGE] if "site-packages" in _PACKAGE.parts else [])),
        environment={"PYTHONPATH": str(LIBRARY), "PYTHONSAFEPATH": "1", **sandbox.environment},
    )


def write_without_verdicts(source: Path, target: Path) -> None:
    """Copy a package of exercises without the methods that draw challenges and judge answers, and what only they use.

    Raises:
        OSError: ``target`` exists or can't be written.
    """
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    for path in target.rglob("*.py"):
        path.write_text(_without_verdicts(path.read_text(encoding="utf-8")), encoding="utf-8")
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _without_verdicts(source: str) -> str:
    """Return a module's source; only one that defines exercises is changed."""
    module = ast.parse(source)
    classes = [node for node in module.body if isinstance(node, ast.ClassDef) and _methods(node)]
    if not classes:
        return source
    for method in (method for node in classes for method in _methods(node)):
        method.body = ast.parse("raise NotImplementedError('this is done outside the sandbox')").body
    names = [node.name for node in classes]
    return "\n".join(statement.source for statement in sliced(statements_of(ast.unparse(module)), names)) + "\n"


def _methods(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name in _ON_THE_SCORERS_SIDE]
