"""Put the modules of a page into one: a notebook's front end loads a widget's script without a server's path.

The modules keep to a small part of the language, each statement at the start of a line: ``import { a, b } from
"./other.js";`` on one line, and ``export`` before a function, a const or, in the first module, ``export default``.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "(\.{1,2}/[\w./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?function|const) (\w+)", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b(?! default ).*", re.MULTILINE)


def bundle(entry: Path) -> str:
    """Return one module with ``entry`` and everything that it imports; each module keeps a scope of its own.

    Raises:
        ValueError: a module imports or exports in another form.
    """
    found: dict[Path, str] = {}
    _visit(entry.resolve(), found, ())
    names = {path: f"module_{number}" for number, path in enumerate(found)}
    *others, (first, source) = found.items()
    parts = [f"const {names[path]} = {_closed(path, text, names)}" for path, text in others]
    return "\n".join([*parts, _body(first, source, names)])


def _visit(path: Path, found: dict[Path, str], above: tuple[Path, ...]) -> None:
    """Read a module after those that it imports."""
    if path in above:
        raise ValueError(f"{path.name} imports itself through {above[-1].name}.")
    if path not in found:
        source = path.read_text(encoding="utf-8")
        for _, other in _IMPORT.findall(source):
            _visit((path.parent / other).resolve(), found, (*above, path))
        found[path] = source


def _closed(path: Path, source: str, names: dict[Path, str]) -> str:
    exported = ", ".join(name for _, name in _EXPORT.findall(source))
    body = _body(path, _EXPORT.sub(r"\1 \2", source), names)
    return f"(() => {{\n{body}return {{ {exported} }};\n}})();\n"


def _body(path: Path, source: str, names: dict[Path, str]) -> str:
    body = _IMPORT.sub(lambda at: f"const {{ {at[1]} }} = {names[(path.parent / at[2]).resolve()]};\n", source)
    if left := _LEFT.search(body):
        raise ValueError(f"{path.name} cannot be bundled: {left[0]}")
    return body
