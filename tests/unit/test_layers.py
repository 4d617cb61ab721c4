"""The package's structure: imports run downwards, without cycles, and no two things share a name."""

import ast
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import course_utils

PACKAGE = Path(course_utils.__file__).parent
#: From the bottom up: root modules and packages; those of one layer may import each other, but not in a cycle.
LAYERS = [
    {"errors", "files", "quiet", "schemas", "former_names", "frontend", "checkout", "assets", "accelerator"},
    {"pretrained"},
    {"data", "backbones"},
    {"transfer"},
    {"retrieval", "language"},
    {"experiments", "figures", "inspection"},
    {"advisor"},
    {"adapting"},
    {"execution"},
    {"learn"},
    {"authoring", "exercises"},
    {"validation", "grading", "labs"},
    {"doctor"},
    {"cli"},
]
LAYER_OF = {name: level for level, names in enumerate(LAYERS) for name in names}


def module_name(path: Path, package: Path = PACKAGE) -> str:
    parts = [package.name, *path.relative_to(package).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, module: str, is_package: bool, known: set[str]) -> set[str]:
    """Return the known modules that ``source`` imports, anywhere in it and even only for type checking."""
    here = module if is_package else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here.split(".")[: len(here.split(".")) - node.level + 1]) if node.level else ""
            base = ".".join(filter(None, [base, node.module or ""]))
            names = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in known else base for alias in node.names]
        found |= {name for name in names if name in known}
    return found - {module}


def import_graph(package: Path = PACKAGE) -> dict[str, set[str]]:
    paths = {module_name(path, package): path for path in package.rglob("*.py")}
    return {
        module: imported(path.read_text(encoding="utf-8"), module, path.stem == "__init__", set(paths))
        for module, path in paths.items()
    }


GRAPH = import_graph()
MODULES = sorted(module for module in GRAPH if module != "course_utils")


def part_of(module: str) -> str:
    """Return the package or root module that a module belongs to."""
    return [*module.split("."), ""][1]


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a cycle of the graph, as a path that returns to its start; empty if there is none."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for other in sorted(graph.get(node, ())):
            if found := visit(other, [*path, node]):
                return found
        done.add(node)
        return []

    return next((found for node in sorted(graph) if (found := visit(node, []))), [])


def test_every_part_of_the_package_has_a_layer() -> None:
    assert {part_of(module) for module in MODULES} == LAYER_OF.keys()


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards_only(module: str) -> None:
    own = LAYER_OF[part_of(module)]
    others = {other for other in GRAPH[module] if other != "course_utils"}
    assert not {other for other in others if LAYER_OF[part_of(other)] > own}


def test_modules_have_no_import_cycles() -> None:
    # A package's __init__ only re-exports its modules, so a module that imports its own package imports a sibling.
    graph = {module: {o for o in others if not module.startswith(f"{o}.")} for module, others in GRAPH.items()}
    assert circle(graph) == []


def test_packages_have_no_import_cycles() -> None:
    packages: dict[str, set[str]] = defaultdict(set)
    for module in MODULES:
        packages[part_of(module)] |= {part_of(o) for o in GRAPH[module] if part_of(o)} - {part_of(module)}
    assert circle(packages) == []


def test_a_cycle_between_siblings_is_found_even_for_type_checking(tmp_path: Path) -> None:
    package = tmp_path / "pack"
    (package / "inner").mkdir(parents=True)
    for name in ("__init__.py", "inner/__init__.py"):
        (package / name).write_text("")
    (package / "inner" / "one.py").write_text("def f():\n    from pack.inner.two import g\n")
    (package / "inner" / "two.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .one import f\n"
    )
    (package / "root.py").write_text("from pack.inner import one\n")
    graph = import_graph(package)
    assert graph["pack.root"] == {"pack.inner.one"}
    assert circle(graph) == ["pack.inner.one", "pack.inner.two", "pack.inner.one"]


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
    found = imported(source, "course_utils.data.splits", False, set(GRAPH))
    assert {part_of(module) for module in found} == {"cli"}


def public_names() -> Iterable[tuple[str, str]]:
    """Return public classes and type aliases with their modules, and modules with their packages."""
    for module in MODULES:
        path = PACKAGE.parent / Path(*module.split("."))
        path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        yield f"module {path.parent.name if path.stem == '__init__' else path.stem}", module
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                yield f"class {node.name}", module
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if name[0].isupper() and not name.isupper():  # an alias of a type
                    yield f"class {name}", module


def test_no_two_public_classes_or_modules_share_a_name() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for name, module in public_names():
        if not name.partition(" ")[2].startswith("_"):
            homes[name].append(module)
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def test_every_library_that_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    optional = (line for name in ("hub", "jax", "cluster", "export", "voices") for line in extras[name])
    lines = [*project["dependencies"], *optional]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    homes = metadata.packages_distributions()
    imported_names = {
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
    foreign = imported_names - sys.stdlib_module_names - {"course_utils", ""}
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
