"""What to tell a learner about a folder of pictures, in sentences."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from course_utils.data.picture_cache import DecodedFolder
from course_utils.data.picture_decoding import HEIC
from course_utils.data.picture_files import counted, first_few

_LONG = 3  # times as wide as high, or as high as wide: the middle square is at most a third of the picture
_TINY = 16  # pixels
_UNEQUAL = 5  # times as many pictures in the largest class as in the smallest


def unreadable_notes(reasons: Mapping[str, str], files: int) -> list[str]:
    """Name the files that were left out, and say how to save them.

    Args:
        reasons: by name of the file.
        files: how many there are in all.
    """
    notes = []
    if heic := [name for name, reason in reasons.items() if reason == HEIC]:
        notes.append(
            f"{len(heic):,} of {counted(files, 'file')} {_were(heic)} left out, since HEIC, the format of iPhones, "
            f"cannot be read: {first_few(heic)}. Export as JPEG, or install the package pillow-heif."
        )
    if others := [f"{name} ({reason})" for name, reason in reasons.items() if reason != HEIC]:
        notes.append(
            f"{len(others):,} of {counted(files, 'file')} {_were(others)} left out, since no picture can be read from "
            f"them: {first_few(others)}. Replace or delete them."
        )
    return notes


def shape_notes(names: Sequence[str], decoded: DecodedFolder) -> list[str]:
    """Name the pictures of which little is left: long ones, tiny ones, and dark ones of 16 bits."""
    long = decoded.sizes.max(1) > _LONG * decoded.sizes.min(1)
    tiny = decoded.sizes.min(1) < _TINY
    notes = []
    for rows, what in (
        (long, f"more than {_LONG} times as long as wide: only the middle square is used, less than a third of each"),
        (tiny, f"smaller than {_TINY} pixels: too little to see"),
        (decoded.dim, "of 16 bits but nearly black: stretch their brightness over the whole range"),
    ):
        if found := [name for name, chosen in zip(names, rows, strict=True) if chosen]:
            notes.append(f"{counted(len(found), 'picture')} {_are(found)} {what} ({first_few(found)}).")
    return notes


def balance_notes(class_names: Sequence[str], labels: NDArray[np.int64]) -> list[str]:
    """Say when the largest class is many times as large as the smallest."""
    counts = np.bincount(labels, minlength=len(class_names))
    large, small = int(counts.argmax()), int(counts.argmin())
    if counts[large] < _UNEQUAL * counts[small]:
        return []
    share = counts[large] / counts.sum()
    return [
        f"The classes are very unequal: {class_names[large]} has {counted(int(counts[large]), 'picture')}, "
        f"{class_names[small]} {int(counts[small]):,}. Always answering {class_names[large]} would be right "
        f"{share:.0%} of the time: compare accuracies with that."
    ]


def _are(found: Sequence[object]) -> str:
    return "is" if len(found) == 1 else "are"


def _were(found: Sequence[object]) -> str:
    return "was" if len(found) == 1 else "were"
