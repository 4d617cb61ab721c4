"""The list of tests that also run on JAX is complete: whatever tests a package that computes with Keras is in it."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
LISTED = (TESTS / "jax.txt").read_text(encoding="utf-8").splitlines()
COMPUTING = {"backbones", "inspection", "transfer"}
#: They run on TensorFlow, as lessons do.
ABOVE = {"authoring", "cli", "doctor", "execution", "exercises", "grading", "labs", "learn", "validation"}


def packages(path: Path) -> set[str]:
    """Return the packages of the course that a file imports from."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {module.split(".")[1] for module in modules if module.startswith("course_utils.")}


def test_every_listed_file_is_there_once() -> None:
    assert sorted(set(LISTED)) == LISTED
    assert [name for name in LISTED if not (TESTS.parent / name).is_file()] == []


@pytest.mark.parametrize("path", sorted((TESTS / "unit").glob("test_*.py")), ids=lambda path: path.stem)
def test_what_computes_with_keras_is_listed(path: Path) -> None:
    used = packages(path)
    if used & COMPUTING and not used & ABOVE:
        assert path.relative_to(TESTS.parent).as_posix() in LISTED, "add it to tests/jax.txt"
