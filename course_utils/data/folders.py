"""A learner's own pictures: one folder per class."""

from dataclasses import dataclass

import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image

from course_utils.data.dealing import deal
from course_utils.data.duplicate_notes import duplicate_notes
from course_utils.data.duplicates import Pairs, exact_copies, near_duplicates, united
from course_utils.data.grouping import group_names
from course_utils.data.picture_cache import decoded_folder
from course_utils.data.picture_files import SMALLEST_CLASS, PictureFolder, counted
from course_utils.data.picture_notes import balance_notes, shape_notes, unreadable_notes
from course_utils.data.splits import PARTS, PartName
from course_utils.errors import CourseError


class PictureWarning(UserWarning):
    """Something about a folder of pictures that the learner should know, or fix."""


@dataclass(frozen=True, eq=False)
class LoadedFolder:
    """A folder's pictures, dealt.

    Attributes:
        parts: by part, pictures uint8 ``(n, side, side, 3)`` and labels int64 ``(n,)``.
        files: by part, the name of each picture's file, relative to the folder.
        units: by part, a number for each picture, int ``(n,)``; pictures of one group, and copies, have the same.
        notes: what the learner should know, in sentences.
    """

    class_names: tuple[str, ...]
    parts: dict[PartName, tuple[NDArray[np.uint8], NDArray[np.int64]]]
    files: dict[PartName, tuple[str, ...]]
    units: dict[PartName, NDArray[np.intp]]
    notes: tuple[str, ...]


def load_folder(folder: PictureFolder, image_size: int, seed: int = 0, groups: str | None = None) -> LoadedFolder:
    """Read every class's pictures and deal them into training, validation and test parts (60 / 20 / 20).

    Copies, near-duplicates and pictures of one group go to the same part. Files that cannot be read are left out.

    Args:
        folder: what ``find_pictures`` found.
        image_size: side of the pictures in pixels.
        seed: decides how the pictures are dealt.
        groups: a regular expression whose one pair of parentheses finds the group in a file's name. Default: the
            table ``groups.csv`` of the folder, if there is one.

    Raises:
        CourseError: a class has fewer than three pictures that can be read, or too few different pictures or groups
            for three parts; the groups are wrong; or the pictures don't fit into memory.
    """
    names = [file.name for file in folder.files]
    named = group_names(names, folder.path, groups, folder.groups_modified is not None)
    _require_memory(folder, image_size)
    decoded, unreadable = decoded_folder(folder, image_size)
    problems = unreadable_notes({names[row]: reason for row, reason in unreadable.items()}, len(names))
    labels = np.array([folder.files[row].label for row in decoded.rows], np.int64)
    read = [names[row] for row in decoded.rows]
    _require_classes(folder, labels, problems)

    copies, alike = exact_copies(decoded.digests), near_duplicates(decoded.thumbnails)
    grouped = _same_group([named[row] for row in decoded.rows]) if named else np.empty((0, 2), np.intp)
    unit = united(len(labels), np.concatenate([grouped, copies, alike]))
    dealt = deal(labels, unit, seed)
    together = _incomplete(dealt, labels) is None
    if not together:
        unit = united(len(labels), np.concatenate([grouped, copies]))
        dealt = deal(labels, unit, seed)
        if missing := _incomplete(dealt, labels):
            raise _too_few_units(folder, *missing, bool(named))
    notes = (
        *folder.notes,
        *problems,
        *duplicate_notes(read, labels, copies, alike, together),
        *shape_notes(read, decoded),
        *balance_notes(folder.class_names, labels),
    )
    parts = {part: (decoded.pixels[rows], labels[rows]) for part, rows in dealt.items()}
    files = {part: tuple(read[row] for row in rows) for part, rows in dealt.items()}
    units = {part: unit[rows] for part, rows in dealt.items()}
    return LoadedFolder(folder.class_names, parts, files, units, notes)


def resize(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Scale square pictures to another side with bicubic interpolation."""
    scaled = [Image.fromarray(p).resize((side, side), Image.Resampling.BICUBIC) for p in pictures]
    return np.stack([np.asarray(p) for p in scaled])


def _require_memory(folder: PictureFolder, side: int) -> None:
    """Refuse before decoding what would not fit: the pictures, and their copies in the three parts."""
    needed, free = 2 * len(folder.files) * side**2 * 3, psutil.virtual_memory().available
    if needed > free:
        fits = int((free / (2 * 3 * len(folder.files))) ** 0.5)
        raise CourseError(
            f"The {counted(len(folder.files), 'picture')} of {folder.path} take {needed / 1e9:.1f} GB at "
            f"image_size={side}, and {free / 1e9:.1f} GB of memory are free. Use an image_size of at most {fits}, or "
            "copy fewer pictures of each class into another folder."
        )


def _require_classes(folder: PictureFolder, labels: NDArray[np.int64], problems: list[str]) -> None:
    counts = np.bincount(labels, minlength=len(folder.class_names))
    smallest = int(counts.argmin())
    if counts[smallest] < SMALLEST_CLASS:
        raise CourseError(
            f"{folder.path / folder.class_names[smallest]} has {counted(int(counts[smallest]), 'picture')} that can be "
            f"read; a class needs at least {SMALLEST_CLASS}. {' '.join(problems)}"
        )


def _same_group(groups: list[str]) -> Pairs:
    first: dict[str, int] = {}
    pairs = [(first.setdefault(group, row), row) for row, group in enumerate(groups)]
    return np.array(pairs, np.intp).reshape(-1, 2)


def _incomplete(dealt: dict[PartName, NDArray[np.intp]], labels: NDArray[np.int64]) -> tuple[int, PartName] | None:
    """Return a class and a part that has nothing of it, if there is one."""
    missing = ((int(label), part) for part in PARTS for label in np.setdiff1d(labels, labels[dealt[part]]))
    return next(missing, None)


def _too_few_units(folder: PictureFolder, label: int, part: PartName, grouped: bool) -> CourseError:
    where = folder.path / folder.class_names[label]
    if grouped:
        return CourseError(
            f"{where} has no group left for the {part} part, since a group is never split. Each class needs pictures "
            f"of at least {SMALLEST_CLASS} groups: add some, or use finer groups."
        )
    return CourseError(
        f"{where} has fewer than {SMALLEST_CLASS} different pictures; the others are copies of them, and copies must "
        "not be both learned from and tested on. Add other pictures."
    )
