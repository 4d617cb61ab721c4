"""Names of earlier versions, for class folders and learners' notebooks that still use them.

A running class, or a notebook that its learner has changed, keeps working after the library was rearranged: a former
module can still be imported, and finds each name where it is today. The course itself does not use these names.
"""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

#: By former module: the modules that hold its names today.
_TODAY = {
    "course_utils.worlds": ("data", "backbones", "assets"),
    "course_utils.worlds.recipes": ("backbones.pretraining_recipes",),
    "course_utils.run": (),
    "course_utils.run.build": ("authoring.build",),
    "course_utils.grading.parameters": ("grading",),
    "course_utils.cli.doctor": ("doctor",),
    "course_utils.transfer": ("experiments",),
}


def install() -> None:
    """Make the former modules importable."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())


def forwarding(module: str) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for a module that finds the names it held in earlier versions."""

    def find(name: str) -> Any:
        if not name.startswith("_"):
            for home in _TODAY[module]:
                try:
                    return getattr(import_module(f"course_utils.{home}"), name)
                except AttributeError:
                    continue
        raise AttributeError(f"module {module!r} has no attribute {name!r}")

    return find


class _Finder:
    """Finds former modules; runs last, so that it hides no current module."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, _Loader(), is_package=True) if name in _TODAY else None  # type: ignore[arg-type]


class _Loader:
    """Makes a former module: empty but for its forwarding ``__getattr__``."""

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        module.__getattr__ = forwarding(module.__name__)  # type: ignore[method-assign]
