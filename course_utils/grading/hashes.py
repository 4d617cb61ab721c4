"""Hashes of what a result depends on, besides the answers."""

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import course_utils
from course_utils.grading.graded_lesson import GradedLesson

_CODE = {".py", ".toml", ".json"}
_COMPUTE = ("keras", "tensorflow", "numpy", "scipy", "scikit-learn", "pandas")


def grader_hash(lesson: GradedLesson, secret: str) -> str:
    """Return SHA-256 of what judges a lesson: the instructor's notebook, the class's seed, and this library."""
    return _hash(lesson.hash, *lesson.cells, secret, _library_hash())


@cache
def environment_hash() -> str:
    """Return SHA-256 of what runs answers: Python, the kind of machine, and the versions of the libraries."""
    return _hash(platform.python_version(), platform.machine(), *(f"{name} {_version(name)}" for name in _COMPUTE))


@cache
def versions() -> dict[str, str]:
    """Return what must be the same on every machine that runs answers of one class, by name, with its version."""
    computing = {"Python": platform.python_version(), "processor": platform.machine()}
    return {"the course": _library_hash()[:12], **computing, **{name: _version(name) for name in _COMPUTE}}


@cache
def _library_hash() -> str:
    """Return the hash of the library's own files: a change to any of them may change a verdict."""
    root = Path(course_utils.__file__).parent
    paths = sorted(path for path in root.rglob("*") if path.suffix in _CODE and path.is_file())
    return _hash(*(f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in paths))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
