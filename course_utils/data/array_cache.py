"""Arrays on disk that can always be computed again: found by a key, bounded, and never in the way."""

import os
import time
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from course_utils.files import replacing


def cache_folder() -> Path:
    """Return the folder of decoded pictures, features and downloads: ``COURSE_CACHE``, or the user's cache."""
    named = os.environ.get("COURSE_CACHE")
    return Path(named).expanduser().absolute() if named else platformdirs.user_cache_path("course-data", False)


def cached_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a file by name; none if there is no such file, or a damaged one."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as kept:
            arrays = {name: kept[name] for name in kept.files}
        _mark_as_used(path)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return {}
    return arrays


def cache_arrays(path: Path, arrays: Mapping[str, NDArray[Any]], most_bytes: int) -> None:
    """Keep arrays, and delete the files beside them that were not used for longest; do nothing if that is impossible.

    Args:
        path: ends in ``.npz``.
        arrays: by name.
        most_bytes: of all files in the folder together; arrays that are larger by themselves are not kept.
    """
    if sum(array.nbytes for array in arrays.values()) > most_bytes:
        return
    with suppress(OSError):
        with replacing(path) as temporary:
            np.savez(temporary, **arrays)  # type: ignore[arg-type]
        _mark_as_used(path)
        total = path.stat().st_size
        others = [(file.stat(), file) for file in path.parent.glob("*.npz") if file != path]
        for status, file in sorted(others, key=lambda pair: -pair[0].st_mtime_ns):
            total += status.st_size
            if total > most_bytes:
                file.unlink(missing_ok=True)


def _mark_as_used(path: Path) -> None:
    """Say that a file was used now: what was used last is the last to be deleted.

    The system's own time stamps go in steps of milliseconds, in which several files can be used.
    """
    now = time.time_ns()
    os.utime(path, ns=(now, now))
