"""Open a folder of recordings: a sub-folder for each class."""

import hashlib
import math
import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_utils.adapting.dealt import deal_all
from course_utils.adapting.folder_task import FolderTask
from course_utils.adapting.source_kinds import require_one_kind
from course_utils.data import SAMPLE_RATE, SoundWarning, one_window, read_sound
from course_utils.data.grouping import group_names
from course_utils.data.picture_files import GROUPS_FILE, counted, first_few
from course_utils.data.sound_duplicates import near_duplicate_sounds
from course_utils.data.sounds import SOUND_ENDINGS
from course_utils.errors import CourseError

_MOST = 20_000  # recordings
_LONGEST = 10  # seconds of a recording that are used
_MOSTLY = 0.95  # of the recordings fit into the window whole


def open_sounds(folder: Path, seed: int) -> FolderTask:
    """Read a folder with a sub-folder of recordings per class, and deal it 60 / 20 / 20.

    All become waves of one length, whole seconds into which nearly all of them fit; of longer ones the loudest part
    stays. A table ``groups.csv`` says who is heard, so that nobody is in two parts.

    Raises:
        CourseError: there is no such folder; it mixes recordings with other files; it has fewer than two classes; a
            class has too few recordings, or too few groups, for three parts; or there are more than 20,000.
    """
    require_one_kind(folder, "sounds")
    classes = {inner.name: _recordings(inner) for inner in sorted(folder.iterdir()) if inner.is_dir()}
    classes = {name: files for name, files in classes.items() if files}
    if len(classes) < 2:
        number = "1 class" if len(classes) == 1 else f"{len(classes)} classes"
        raise CourseError(
            f"{folder} has recordings of {number}: it takes two or more sub-folders, one for each class, with files "
            f"that end with {', '.join(SOUND_ENDINGS)}."
        )
    files = [path for own in classes.values() for path in own]
    if len(files) > _MOST:
        raise CourseError(
            f"{folder} holds {len(files):,} recordings; at most {_MOST:,} are read. Keep some of each class."
        )
    names = [path.relative_to(folder).as_posix() for path in files]
    labels = np.repeat(np.arange(len(classes)), [len(own) for own in classes.values()]).astype(np.int64)
    waves, odd, clipped = _read(files, names)
    read = np.array([row for row in range(len(files)) if waves[row] is not None], np.intp)
    whole = [wave for wave in waves if wave is not None]
    length, long = _window([len(wave) for wave in whole])
    windows = np.stack([one_window(wave, length) for wave in whole]) if whole else np.zeros((0, length), np.float32)
    groups = group_names(names, folder, None, (folder / GROUPS_FILE).is_file())
    return deal_all(
        folder,
        tuple(classes),
        windows,
        labels[read],
        [names[row] for row in read],
        [hashlib.sha256(wave.tobytes()).hexdigest() for wave in whole],
        [groups[row] for row in read] if groups else None,
        seed,
        "sounds",
        [*_unreadable(odd, len(files)), *_too_loud(clipped), *_cut(long, length)],
        near=near_duplicate_sounds(windows),
    )


def _recordings(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.suffix.lower() in SOUND_ENDINGS and not path.name.startswith(".")
    )


def _read(files: list[Path], names: list[str]) -> tuple[list[NDArray[np.float32] | None], list[str], list[str]]:
    """Return the waves, None where a file can't be used; why, in words; and the names of those that were too loud."""
    waves: list[NDArray[np.float32] | None] = []
    odd, clipped = [], []
    for path, name in zip(files, names, strict=True):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always", SoundWarning)
            try:
                waves.append(read_sound(path))
            except CourseError as problem:
                waves.append(None)
                odd.append(str(problem))
        if any(issubclass(warning.category, SoundWarning) for warning in said):
            clipped.append(name)
    return waves, odd, clipped


def _window(lengths: list[int]) -> tuple[int, int]:
    """Return how many samples all waves get, and how many waves are longer than that."""
    if not lengths:
        return SAMPLE_RATE, 0
    seconds = min(_LONGEST, math.ceil(float(np.quantile(lengths, _MOSTLY)) / SAMPLE_RATE))
    return seconds * SAMPLE_RATE, sum(length > seconds * SAMPLE_RATE for length in lengths)


def _unreadable(odd: list[str], total: int) -> list[str]:
    if not odd:
        return []
    return [f"{len(odd):,} of {counted(total, 'recording')} left out, the first for this reason: {odd[0]}"]


def _too_loud(clipped: list[str]) -> list[str]:
    if not clipped:
        return []
    return [f"{counted(len(clipped), 'recording')} clipped, since too loud: {first_few(clipped)}."]


def _cut(long: int, length: int) -> list[str]:
    if not long:
        return []
    return [f"{counted(long, 'recording')} longer than {length // SAMPLE_RATE} s: only the loudest part is used."]
