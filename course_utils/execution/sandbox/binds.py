"""What of the host can be read in a sandbox: the system, Python with its libraries, and what is bound besides."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.errors import CourseError

_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")


@dataclass(frozen=True)
class Bind:
    """A file or folder of the host, and where it can be read in the sandbox."""

    source: Path
    target: Path


def interpreter() -> Path:
    """Return Python's path, which is the same in the sandbox: that of the virtual environment if there is one."""
    return Path(sys.executable)


def read_only(binds: Sequence[Bind]) -> Iterator[str]:
    """Yield what bubblewrap is told of the binds and of the system's libraries.

    Raises:
        CourseError: a source does not exist.
    """
    for bind in binds:
        if not bind.source.exists():
            raise CourseError(f"{bind.source} should be readable in the sandbox, and does not exist. Install it again.")
    parents = dict.fromkeys(folder for bind in binds for folder in reversed(bind.target.parents))
    for folder in [*parents][1:]:  # bubblewrap would make them for its own user alone
        yield from ("--perms", "0755", "--dir", str(folder))
    for system in _SYSTEM:
        yield from ("--ro-bind-try", system, system)
    for bind in binds:
        yield from ("--ro-bind", str(bind.source), str(bind.target))


def python_binds() -> list[Bind]:
    """Return the binds of the interpreter, its libraries and the virtual environment, each at its own path."""
    base, program = Path(sys.base_prefix), Path(sys.executable)
    paths = [base / "lib", base / "lib64"]
    if sys.prefix != sys.base_prefix:
        prefix = Path(sys.prefix)
        paths += [prefix / "lib", prefix / "lib64", prefix / "pyvenv.cfg"]
    while program.is_symlink():  # python -> python3 -> /usr/bin/python3.11
        paths.append(program)
        program = program.parent / program.readlink()
    paths.append(program)
    system = {Path(name) for name in _SYSTEM}
    return [Bind(path, path) for path in dict.fromkeys(paths) if path.exists() and path not in system]
