"""A learner's own pictures: one folder per class."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from course_utils.data.splits import PARTS, PartName
from course_utils.errors import CourseError

_SHARES = (0.6, 0.2, 0.2)
_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp"}


def load_folder(
    folder: Path, image_size: int, seed: int = 0
) -> tuple[tuple[str, ...], dict[PartName, tuple[NDArray[np.uint8], NDArray[np.int64]]]]:
    """Read every class's pictures and deal them into training, validation and test parts (60 / 20 / 20).

    Returns:
        The names of the classes (the sub-folders', sorted) and, by part, pictures uint8
        ``(n, image_size, image_size, 3)`` and labels int64 ``(n,)``.

    Raises:
        CourseError: fewer than two classes, a class of fewer than three pictures, or a file that is not a picture.
    """
    classes = sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))
    if len(classes) < 2:
        raise CourseError(
            f"{folder} has {len(classes)} sub-folders; it needs at least two, each with the pictures of one class."
        )
    rng = np.random.default_rng(seed)
    dealt: dict[PartName, list[tuple[NDArray[np.uint8], int]]] = {part: [] for part in PARTS}
    for label, directory in enumerate(classes):
        files = sorted(f for f in directory.iterdir() if f.suffix.lower() in _SUFFIXES)
        if len(files) < 3:
            raise CourseError(
                f"{directory} has {len(files)} pictures ({', '.join(sorted(_SUFFIXES))}); a class needs at least 3."
            )
        order = [files[i] for i in rng.permutation(len(files))]
        first = max(1, round(_SHARES[0] * len(files)))
        second = first + max(1, round(_SHARES[1] * len(files)))
        first, second = min(first, len(files) - 2), min(second, len(files) - 1)
        for part, chosen in zip(PARTS, (order[:first], order[first:second], order[second:]), strict=True):
            dealt[part] += [(_read(file, image_size), label) for file in chosen]
    parts = {
        part: (np.stack([picture for picture, _ in rows]), np.array([label for _, label in rows], np.int64))
        for part, rows in dealt.items()
    }
    return tuple(c.name for c in classes), parts


def _read(file: Path, side: int) -> NDArray[np.uint8]:
    """Read one picture: rotated as the camera recorded, its middle square cut out, scaled, RGB."""
    try:
        with Image.open(file) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            return np.asarray(ImageOps.fit(upright, (side, side), Image.Resampling.BICUBIC))
    except (UnidentifiedImageError, OSError) as problem:
        raise CourseError(f"{file} cannot be read as a picture ({problem}). Remove or replace it.") from problem


def resize(pictures: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Scale square pictures to another side with bicubic interpolation."""
    scaled = [Image.fromarray(p).resize((side, side), Image.Resampling.BICUBIC) for p in pictures]
    return np.stack([np.asarray(p) for p in scaled])
