"""The package's floors: imports run downwards only, and the top of the house opens at once."""

import ast
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import course_utils

PACKAGE = Path(course_utils.__file__).parent
FLOORS = [
    {"frontend"},
    {"data", "backbones"},
    {"transfer"},
    {"experiments", "figures", "inspection"},
    {"learn", "authoring", "exercises", "validation", "execution"},
    {"grading", "labs"},
    {"cli"},
]
FLOOR_OF = {name: level for level, names in enumerate(FLOORS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imported_parts(source: str, package: str) -> set[str]:
    """The parts of course_utils that ``source`` imports, those inside functions included."""
    parts = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            names = [f"{base}.{alias.name}" for alias in node.names]
        parts |= {name.split(".")[1] for name in names if name.startswith("course_utils.")}
    return parts & FLOOR_OF.keys()


def upward(path: Path) -> set[str]:
    relative = path.relative_to(PACKAGE)
    package = ".".join(["course_utils", *relative.parts[:-1]])
    own = relative.parts[0]
    parts = imported_parts(path.read_text(encoding="utf-8"), package)
    return {part for part in parts if part != own and FLOOR_OF[part] > FLOOR_OF[own]}


def test_every_part_of_the_package_has_a_floor() -> None:
    parts = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert parts <= FLOOR_OF.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_run_downwards_only(path: Path) -> None:
    assert not upward(path)


@pytest.mark.parametrize(
    "source",
    [
        "import course_utils.cli.main",
        "from course_utils import cli",
        "from course_utils.cli import main",
        "from .. import cli",
        "from ..cli import main",
        "def f():\n    from course_utils.cli.main import app",
    ],
)
def test_every_form_of_import_is_seen(source: str) -> None:
    assert imported_parts(source, "course_utils.assets") == {"cli"}


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    homes = metadata.packages_distributions()
    imported = {
        name.split(".")[0]
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    }
    foreign = imported - sys.stdlib_module_names - {"course_utils", ""}
    undeclared = {name for name in foreign if not declared & {canonicalize_name(d) for d in homes.get(name, [name])}}
    assert not undeclared


def test_the_package_and_its_help_start_without_keras() -> None:
    program = (
        "import sys, course_utils\n"
        "from course_utils.cli.main import run\n"
        "code = run(['--help'])\n"
        "heavy = {'keras', 'tensorflow', 'numpy', 'sklearn', 'matplotlib', 'IPython', 'nbgrader'}\n"
        "sys.exit(code or ', '.join(heavy & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
