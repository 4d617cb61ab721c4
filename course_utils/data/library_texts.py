"""Sentences of Python's own documentation strings, and lines of its code, each with the library that it comes from."""

import ast
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from course_utils.data.text_splits import LabelledText

CLASSES = ("asyncio", "email", "importlib", "unittest", "xml")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_WORDS = range(6, 31)
_CODE = range(20, 101)  # characters of a line of code


def docstring_sentences() -> list[LabelledText]:
    """Return the sentences of the libraries' documentation strings, each with its module as group.

    A sentence that stands in several modules, such as one about a method of the same name, is left out.
    """
    return _once([(text, label, module) for label, module, file in _modules() for text in _sentences(file)])


def code_lines() -> list[LabelledText]:
    """Return the lines of code of the same libraries, without comments, each with its module as group.

    A line that stands in several modules is left out: imports and the like say nothing about a library.
    """
    return _once([(text, label, module) for label, module, file in _modules() for text in _lines(file)])


def _once(found: list[LabelledText]) -> list[LabelledText]:
    """Return each text once, and leave out those of several modules."""
    modules: dict[str, set[str]] = {}
    for text, _, module in found:
        modules.setdefault(text, set()).add(module)
    return [entry for entry in dict.fromkeys(found) if len(modules[entry[0]]) == 1]


def _modules() -> Iterator[tuple[int, str, ast.Module]]:
    """Yield the number of the library, the module's name and its parsed source, in a fixed order."""
    library = Path(sysconfig.get_paths()["stdlib"])
    for label, name in enumerate(CLASSES):
        for path in sorted((library / name).rglob("*.py")):
            inside = path.relative_to(library).with_suffix("")
            if "test" not in inside.parts:
                yield label, ".".join(inside.parts), ast.parse(path.read_text(encoding="utf-8"))


def _docstrings(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def _sentences(module: ast.Module) -> Iterator[str]:
    for docstring in _docstrings(module):
        for paragraph in re.split(r"\n\s*\n", docstring):
            for sentence in _SENTENCE_END.split(" ".join(paragraph.split())):
                whole = sentence[:1].isupper() and sentence.endswith(".") and ">>>" not in sentence
                if whole and len(sentence.split()) in _WORDS:
                    yield sentence


def _lines(module: ast.Module) -> Iterator[str]:
    """Yield the code's lines as Python would write them, so that no comment or documentation is among them."""
    for node in ast.walk(module):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:] or [ast.Pass()]
    for line in ast.unparse(module).splitlines():
        if len(line.strip()) in _CODE and "import " not in line:
            yield line.strip()
