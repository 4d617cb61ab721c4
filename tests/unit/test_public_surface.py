"""What lessons and class folders may import: listed here, so that no name disappears or changes unnoticed."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import course_utils
from course_utils.authoring.sources import read_source
from course_utils.checkout import find_notebooks

ROOT = Path(course_utils.__file__).parents[1]
NAMES = [
    *("Split", "block_output", "blocks", "check", "extract_features", "freeze", "hint", "linear_probe"),
    *("load_backbone", "load_dataset", "load_source_model", "predict", "reveal", "run_checks", "solution", "spec_of"),
    *("train", "trainable_summary", "unfreeze_top"),
]
PACKAGES = [
    "adapting",
    "advisor",
    "backbones",
    "data",
    "experiments",
    "figures",
    "inspection",
    "labs",
    "language",
    "learn",
    "retrieval",
    "transfer",
]
OF_CLASS_FOLDERS = ["CODE_STUB", "HideRubrics", "SetParameters", "ShowRubrics"]
LESSONS = find_notebooks(ROOT)


def course_imports(source: str) -> set[tuple[str, str]]:
    """Return (module, name) of everything that a Python text imports from the course."""
    return {
        (node.module or "", alias.name)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "course_utils"
        for alias in node.names
    } | {
        (alias.name, "")
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name.split(".")[0] == "course_utils"
    }


def code_of(lesson) -> str:
    cells = [cell.source for cell in read_source(lesson.source).cells if cell.cell_type == "code"]
    return "\n".join(line for cell in cells for line in cell.splitlines() if not line.startswith(("%", "!")))


def test_the_public_names_are_these() -> None:
    assert sorted(course_utils.__all__) == sorted([*NAMES, *PACKAGES])
    assert sorted(import_module("course_utils.grading").__all__) == OF_CLASS_FOLDERS


@pytest.mark.parametrize("name", [*NAMES, *PACKAGES])
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(course_utils, name) is not None


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_imports_only_public_names(lesson) -> None:
    found = course_imports(code_of(lesson))
    assert found
    assert {module for module, _ in found} == {"course_utils"}
    assert {name for _, name in found} <= set(course_utils.__all__)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_what_a_lesson_uses_of_a_package_is_offered_by_it(lesson) -> None:
    packages = {name for _, name in course_imports(code_of(lesson))} & set(PACKAGES)
    used = set(re.findall(rf"\b({'|'.join(packages)})\.([A-Za-z]\w*)", code_of(lesson)))
    assert used
    missing = {(package, name) for package, name in used if name not in offered(package)}
    assert not missing


def offered(package: str) -> set[str]:
    module = import_module(f"course_utils.{package}")
    return set(getattr(module, "__all__", None) or vars(module))


def test_class_folders_import_only_from_grading() -> None:
    settings = (ROOT / "course_utils" / "grading" / "class_folder" / "nbgrader_config.py").read_text(encoding="utf-8")
    assert course_imports(settings) == {("course_utils.grading", name) for name in OF_CLASS_FOLDERS}


def test_the_public_surface_is_documented() -> None:
    text = (ROOT / "docs" / "maintainers.md").read_text(encoding="utf-8")
    assert [name for name in [*NAMES, *PACKAGES, *OF_CLASS_FOLDERS] if f"`{name}`" not in text] == []
