"""What is learned from, dealt into parts, and everything that is odd about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from course_utils.data import PARTS, PartName, Split
from course_utils.data.picture_files import first_few

Material = Literal["pictures", "sounds", "texts"]
#: What one of them is called, and several.
WORDS: dict[Material, tuple[str, str]] = {
    "pictures": ("picture", "pictures"),
    "sounds": ("recording", "recordings"),
    "texts": ("text", "texts"),
}
#: With fewer test inputs than this, a class's own accuracy is a guess.
_FEW = 10


@dataclass(frozen=True, eq=False)
class FolderTask:
    """A folder's pictures or recordings, or a table's texts, dealt into parts that share no copies and no groups.

    Attributes:
        folder: the folder, or the table's file.
        files: by part, the name of every input: its file, relative to the folder, or its line in the table.
        units: by part, a number for each input, int ``(n,)``; inputs of one group, and copies, have the same.
        notes: what is odd about the folder, in sentences.
        texts: by part, every text as it was written; empty unless they are texts.
    """

    folder: Path
    class_names: tuple[str, ...]
    parts: dict[PartName, Split]
    files: dict[PartName, tuple[str, ...]]
    units: dict[PartName, NDArray[np.intp]]
    notes: tuple[str, ...]
    modality: Material = "pictures"
    texts: dict[PartName, tuple[str, ...]] = field(default_factory=dict)

    def counts(self, part: PartName) -> NDArray[np.intp]:
        """Return how many inputs of each class a part has."""
        return np.bincount(self.parts[part].labels, minlength=len(self.class_names))

    def unit_count(self, part: PartName) -> int:
        """Return of how many units a part's inputs are: groups, and inputs that stand alone."""
        return len(np.unique(self.units[part]))


def tiny_classes(class_names: Sequence[str], counts: NDArray[np.intp], modality: Material) -> list[str]:
    """Return a note if the test part holds few inputs of a class."""
    tiny = [f"{name} ({counts[label]})" for label, name in enumerate(class_names) if counts[label] < _FEW]
    if not tiny:
        return []
    things = WORDS[modality][1]
    return [
        f"The test part holds fewer than {_FEW} {things} of {first_few(tiny)}: an accuracy of such a class alone would "
        f"be a guess. Add {things}."
    ]


def all_parts(task: FolderTask) -> dict[str, dict[str, Any]]:
    """Return how many inputs each part holds, in all and of each class."""
    return {
        part: {
            "count": len(task.parts[part]),
            "units": task.unit_count(part),
            "classes": dict(zip(task.class_names, map(int, task.counts(part)), strict=True)),
        }
        for part in PARTS
    }
