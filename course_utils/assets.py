"""Files that ship with the course, checked against their manifest every time they are opened."""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from course_utils.errors import CourseError
from course_utils.files import write_atomically

_PACKAGE = Path(__file__).parent

#: The embedded backbones' weights.
WEIGHTS = _PACKAGE / "backbones" / "weights"
#: Recorded experiments: in the checkout, or inside the package if the library was installed without a checkout.
RECORDINGS = _PACKAGE.parent / "datasets" / "recordings"
if not RECORDINGS.is_dir():
    RECORDINGS = _PACKAGE / "recordings"


class ManifestEntry(BaseModel):
    """A manifest's entry for a file. The fields below are required; others say how it was made and are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    licence: str


class Manifest(BaseModel):
    """The files of one folder, by name."""

    model_config = ConfigDict(frozen=True)

    files: dict[str, ManifestEntry]


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_manifest(folder: Path = WEIGHTS) -> dict[str, ManifestEntry]:
    """Return the files that ship in a folder, by name.

    Raises:
        CourseError: the manifest is missing or damaged.
    """
    path = folder / "manifest.json"
    try:
        return Manifest.model_validate_json(path.read_bytes()).files
    except (OSError, ValidationError) as problem:
        raise CourseError(f"The manifest {path} is missing or damaged. {_fix(folder)}") from problem


def verified(file_name: str, folder: Path = WEIGHTS) -> Path:
    """Return the path of a file that ships, after checking its checksum.

    Raises:
        CourseError: the file is missing, or its checksum is not the one in the manifest.
    """
    path, entry = folder / file_name, read_manifest(folder).get(file_name)
    if entry is None or not path.is_file():
        raise CourseError(f"The file {path} is missing. {_fix(folder)}")
    if sha256(path) != entry.sha256:
        raise CourseError(f"The file {path} is damaged: its checksum is not the one in manifest.json. {_fix(folder)}")
    return path


def add_to_manifest(folder: Path, file_name: str, entry: dict[str, Any]) -> None:
    """Add or replace a file's entry in its folder's manifest."""
    path = folder / "manifest.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"files": {}}
    known["files"] = dict(sorted({**known["files"], file_name: entry}.items()))
    Manifest.model_validate(known)
    write_atomically(path, json.dumps(known, indent=2) + "\n")


def verify_weights(folder: Path = WEIGHTS) -> list[str]:
    """Return every problem with the files that ship, one message each; an empty list if there are none."""
    problems = []
    try:
        names = list(read_manifest(folder))
    except CourseError as problem:
        return [str(problem)]
    for name in names:
        try:
            verified(name, folder)
        except CourseError as problem:
            problems.append(str(problem))
    return problems


def _fix(folder: Path) -> str:
    return f"Restore it with `git checkout -- {folder}`, or install the course again."
