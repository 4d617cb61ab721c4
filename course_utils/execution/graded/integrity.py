"""Notice whether a learner's code has replaced parts of what examines it.

This runs in the process that it watches, so it can be cheated; it may deny points, and never earns any.
"""

import builtins
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

_WATCHED = ("course_utils.learn", "course_utils.exercises", "course_utils.execution.graded")
_Place = tuple[str, ...]


class Integrity:
    """The functions and classes that examine answers, of NumPy, and the builtins, as they are when this is made."""

    def __init__(self) -> None:
        watched = [module for name, module in sys.modules.items() if name.startswith(_WATCHED)]
        self._modules = [builtins, np, np.random, *watched]
        self._before = dict(self._found())

    def broken(self) -> str:
        """Return the name of a part that is no longer what it was; empty if all are."""
        now = dict(self._found())
        return next((".".join(place) for place, part in self._before.items() if now.get(place) is not part), "")

    def _found(self) -> Iterator[tuple[_Place, Any]]:
        for module in self._modules:
            yield from _parts(module)


def _parts(module: ModuleType) -> Iterator[tuple[_Place, Any]]:
    for name, value in list(vars(module).items()):
        place = (module.__name__, name)
        if isinstance(value, type):
            yield place, value
            if value.__module__ == module.__name__:
                for attribute, method in list(vars(value).items()):
                    yield from _function((*place, attribute), method)
        elif callable(value):
            yield from _function(place, value)


def _function(place: _Place, value: Any) -> Iterator[tuple[_Place, Any]]:
    if callable(value) or isinstance(value, property | classmethod | staticmethod):
        yield place, value
    if isinstance(value, FunctionType):  # which can become another one under its name
        yield (*place, "__code__"), value.__code__
