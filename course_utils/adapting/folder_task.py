"""Look into a folder before anything is learned: its pictures, dealt, and everything that is odd about it."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data import PARTS, PartName, Split
from course_utils.data.folders import load_folder
from course_utils.data.picture_files import SUFFIXES, counted, find_pictures, first_few
from course_utils.errors import CourseError

_OTHER_KINDS = {
    "sounds": frozenset((".wav", ".mp3", ".flac", ".ogg", ".m4a", ".aac")),
    "texts": frozenset((".csv", ".tsv", ".txt", ".json", ".jsonl", ".xlsx", ".parquet")),
    "films": frozenset((".mp4", ".mov", ".avi", ".mkv", ".webm")),
}
_OURS = frozenset(("groups.csv", "readme.txt"))
#: With fewer test pictures than this, a class's own accuracy is a guess.
_FEW = 10


@dataclass(frozen=True, eq=False)
class FolderTask:
    """A folder's pictures, dealt into parts that share neither copies nor near-duplicates.

    Attributes:
        files: by part, the name of every picture's file, relative to the folder.
        units: by part, a number for each picture, int ``(n,)``; pictures of one group, and copies, have the same.
        notes: what is odd about the folder, in sentences.
    """

    folder: Path
    class_names: tuple[str, ...]
    parts: dict[PartName, Split]
    files: dict[PartName, tuple[str, ...]]
    units: dict[PartName, NDArray[np.intp]]
    notes: tuple[str, ...]

    def counts(self, part: PartName) -> NDArray[np.intp]:
        """Return how many pictures of each class a part has."""
        return np.bincount(self.parts[part].labels, minlength=len(self.class_names))

    def unit_count(self, part: PartName) -> int:
        """Return of how many units a part's pictures are: groups, and pictures that stand alone."""
        return len(np.unique(self.units[part]))


def open_folder(folder: Path, image_size: int, seed: int) -> FolderTask:
    """Read a folder with a sub-folder of pictures per class, and deal it 60 / 20 / 20.

    Raises:
        CourseError: there is no such folder; it holds sounds, texts or films beside or instead of pictures; or it is
            not a folder of classes (see ``load_dataset``).
    """
    if not folder.exists():
        raise CourseError(f"There is no folder {folder}. Check the path: it must hold one sub-folder per class.")
    if not folder.is_dir():
        raise CourseError(
            f"{folder} is a file, but pictures come in a folder, with one sub-folder per class. Unpack it if it is an "
            "archive; tables of texts can't be adapted to yet."
        )
    _require_pictures_alone(folder)
    loaded = load_folder(find_pictures(folder), image_size, seed)
    parts = {part: Split(pictures, labels) for part, (pictures, labels) in loaded.parts.items()}
    task = FolderTask(folder, loaded.class_names, parts, loaded.files, loaded.units, loaded.notes)
    return replace(task, notes=(*loaded.notes, *_tiny_classes(task)))


def _require_pictures_alone(folder: Path) -> None:
    """Refuse a folder whose classes hold another kind of files: what was left out would be missed by nobody."""
    endings: Counter[str] = Counter()
    for path in sorted(folder.glob("*/*")):
        if path.is_file() and not path.name.startswith(".") and path.name.lower() not in _OURS:
            endings[path.suffix.lower()] += 1
    pictures = sum(number for ending, number in endings.items() if ending in SUFFIXES)
    for kind, known in _OTHER_KINDS.items():
        if not (number := sum(endings[ending] for ending in known)):
            continue
        if not pictures:
            raise CourseError(f"{folder} holds {kind}, which can't be adapted to yet: give a folder of pictures.")
        raise CourseError(
            f"{folder} mixes {counted(pictures, 'picture')} with {counted(number, 'file')} of {kind} "
            f"({first_few(sorted(known & endings.keys()))}). Move those elsewhere, so that each class holds pictures."
        )


def _tiny_classes(task: FolderTask) -> list[str]:
    counts = task.counts("test")
    tiny = [f"{name} ({counts[label]})" for label, name in enumerate(task.class_names) if counts[label] < _FEW]
    if not tiny:
        return []
    return [
        f"The test part holds fewer than {_FEW} pictures of {first_few(tiny)}: an accuracy of such a class alone would "
        "be a guess. Add pictures."
    ]


def all_parts(task: FolderTask) -> dict[str, dict[str, Any]]:
    """Return how many pictures each part holds, in all and of each class."""
    return {
        part: {
            "pictures": len(task.parts[part]),
            "units": task.unit_count(part),
            "classes": dict(zip(task.class_names, map(int, task.counts(part)), strict=True)),
        }
        for part in PARTS
    }
