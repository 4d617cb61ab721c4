"""Files that ship with the course, checked against their manifest every time they are opened."""

import hashlib
import json
from pathlib import Path
from typing import Any

from course_utils.errors import CourseError

WEIGHTS = Path(__file__).parent / "backbones" / "weights"
RECORDINGS = Path(__file__).parents[1] / "datasets" / "recordings"


def _mend(folder: Path) -> str:
    return f"Restore it with `git checkout -- {folder}`, or install the course again."


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def manifest(folder: Path = WEIGHTS) -> dict[str, dict[str, Any]]:
    """What ships, by file name: SHA-256, bytes, licence, seed, command, date and measured accuracy."""
    path = folder / "manifest.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError) as problem:
        raise CourseError(f"The manifest {path} is missing or damaged. {_mend(folder)}") from problem


def verified(file_name: str, folder: Path = WEIGHTS) -> Path:
    """The path of a file that ships, after its checksum was found right.

    Raises:
        CourseError: the file is missing, or its bytes are not the ones in the manifest.
    """
    path, entry = folder / file_name, manifest(folder).get(file_name)
    if entry is None or not path.is_file():
        raise CourseError(f"The file {path} is missing. {_mend(folder)}")
    if sha256(path) != entry["sha256"]:
        raise CourseError(f"The file {path} is damaged: its checksum is not the one in manifest.json. {_mend(folder)}")
    return path


def add_to_manifest(folder: Path, file_name: str, entry: dict[str, Any]) -> None:
    """Add or replace a file's entry in its folder's manifest, in one step that cannot be left half done."""
    path = folder / "manifest.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"files": {}}
    known["files"] = dict(sorted({**known["files"], file_name: entry}.items()))
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
    partial.replace(path)


def verify_weights(folder: Path = WEIGHTS) -> list[str]:
    """Every problem with the files that ship, one sentence each; an empty list when all is well."""
    problems = []
    try:
        names = list(manifest(folder))
    except CourseError as problem:
        return [str(problem)]
    for name in names:
        try:
            verified(name, folder)
        except CourseError as problem:
            problems.append(str(problem))
    return problems
