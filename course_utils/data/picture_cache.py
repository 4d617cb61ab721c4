"""Decode the pictures of a folder once, and keep the arrays on disk for the next time."""

import hashlib
import json
import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import __version__ as pillow_version

from course_utils.data.array_cache import cache_arrays, cache_folder, cached_arrays
from course_utils.data.picture_decoding import THUMBNAIL, UnreadablePictureError, decode_picture
from course_utils.data.picture_files import PictureFolder

#: Raised whenever decoding gives something else than before, so that older arrays are not used.
_LAYOUT = 1
#: The oldest arrays are deleted beyond this.
_MOST_BYTES = 2 * 2**30
_WORKERS = min(4, os.cpu_count() or 1)


@dataclass(frozen=True, eq=False)
class DecodedFolder:
    """The pictures that could be read, in the order of the folder's files.

    Attributes:
        rows: the number of each one's file, int ``(n,)``.
        pixels: uint8 ``(n, side, side, 3)``.
        thumbnails: uint8 ``(n, 16, 18, 3)``.
        digests: uint8 ``(n, 16)``.
        sizes: width and height of the whole pictures, as decoded, int ``(n, 2)``.
        dim: which have 16 bits but use less than a sixteenth of their range, bool ``(n,)``.
    """

    rows: NDArray[np.int64]
    pixels: NDArray[np.uint8]
    thumbnails: NDArray[np.uint8]
    digests: NDArray[np.uint8]
    sizes: NDArray[np.int64]
    dim: NDArray[np.bool_]

    def select(self, which: NDArray[Any]) -> "DecodedFolder":
        """Return the pictures that a mask or numbers choose."""
        arrays = (self.rows, self.pixels, self.thumbnails, self.digests, self.sizes, self.dim)
        return DecodedFolder(*(cast(Any, array)[which] for array in arrays))


def decoded_folder(folder: PictureFolder, side: int) -> tuple[DecodedFolder, dict[int, str]]:
    """Return the folder's pictures at a size, from the cache if every file is as it was.

    A cache that is damaged is made again; one that cannot be written is done without. Files that could not be read
    are tried again each time.

    Returns:
        The pictures, and by number of the file why each of the others cannot be read.
    """
    path = cache_folder() / "pictures" / f"{_key(folder, side)}.npz"
    kept = _read(path, len(folder.files), side)
    todo = np.setdiff1d(np.arange(len(folder.files)), kept.rows) if kept else np.arange(len(folder.files))
    if kept and not len(todo):
        return kept, {}
    fresh, unreadable = _decode(folder, todo, side)
    both = _merged(kept, fresh) if kept else fresh
    if len(fresh.rows):
        _write(path, both)
    return both, unreadable


def _key(folder: PictureFolder, side: int) -> str:
    files = [(file.name, file.bytes, file.modified) for file in folder.files]
    what = [_LAYOUT, pillow_version, side, str(folder.path.absolute()), files]
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()


def _decode(folder: PictureFolder, todo: NDArray[np.int64], side: int) -> tuple[DecodedFolder, dict[int, str]]:
    """Decode the files of these numbers, several at a time."""
    pixels = np.empty((len(todo), side, side, 3), np.uint8)
    thumbnails = np.empty((len(todo), *THUMBNAIL[::-1], 3), np.uint8)
    digests = np.empty((len(todo), 16), np.uint8)
    sizes, dim = np.empty((len(todo), 2), np.int64), np.empty(len(todo), np.bool_)

    def decode(i: int) -> str | None:
        try:
            picture = decode_picture(folder.path / folder.files[todo[i]].name, side)
        except UnreadablePictureError as problem:
            return str(problem)
        pixels[i], thumbnails[i], sizes[i], dim[i] = picture.pixels, picture.thumbnail, picture.size, picture.dim
        digests[i] = np.frombuffer(picture.digest, np.uint8)
        return None

    # Pillow warns of pictures that its guard lets through; the decoder has its own limits.
    with warnings.catch_warnings(), ThreadPoolExecutor(_WORKERS) as workers:
        warnings.simplefilter("ignore")
        reasons = list(workers.map(decode, range(len(todo))))
    good = np.array([reason is None for reason in reasons], np.bool_)
    decoded = DecodedFolder(todo, pixels, thumbnails, digests, sizes, dim)
    return decoded if good.all() else decoded.select(good), {
        int(row): reason for row, reason in zip(todo, reasons, strict=True) if reason is not None
    }


def _merged(one: DecodedFolder, other: DecodedFolder) -> DecodedFolder:
    both = (np.concatenate([getattr(one, f.name), getattr(other, f.name)]) for f in fields(DecodedFolder))
    merged = DecodedFolder(*both)
    return merged.select(np.argsort(merged.rows))


def _read(path: Path, files: int, side: int) -> DecodedFolder | None:
    """Return what the cache holds, or None if there is nothing, or something damaged."""
    arrays = cached_arrays(path)
    if arrays.keys() != {f.name for f in fields(DecodedFolder)}:
        return None
    found = DecodedFolder(**arrays)
    whole = found.pixels.shape == (len(found.rows), side, side, 3) and bool((found.rows < files).all())
    return found if whole else None


def _write(path: Path, decoded: DecodedFolder) -> None:
    cache_arrays(path, {f.name: getattr(decoded, f.name) for f in fields(DecodedFolder)}, _MOST_BYTES)
