"""The Free Spoken Digit Dataset: ten words of four people, where its files are at hand or were downloaded."""

import os
import re
from pathlib import Path

import numpy as np

from course_utils.data.open_datasets import open_dataset_folder, open_dataset_path
from course_utils.data.sound_splits import Sounds
from course_utils.data.sounds import one_window, read_sound
from course_utils.errors import CourseError

NAME = "spoken_digits"
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_FILE = re.compile(r"(?P<digit>\d)_(?P<speaker>[a-z]+)_(?P<take>\d+)\.wav")


def spoken_digits_folder() -> Path | None:
    """Return the folder with the recordings, or None: ``COURSE_REAL_ASSETS``'s own, or the one that was downloaded."""
    assets = os.environ.get("COURSE_REAL_ASSETS")
    own = Path(assets) / NAME if assets else None
    if own and own.is_dir():
        return own
    return open_dataset_path(NAME) if open_dataset_path(NAME).is_dir() else None


def spoken_digits() -> Sounds:
    """Return 1,000 clips of a second, at 16 kHz: 25 takes of ten digits by each of four people.

    They were recorded at 8 kHz; a shorter clip is filled up with silence.

    Raises:
        CourseError: they are not on this computer, or a file can't be read.
    """
    folder = spoken_digits_folder() or open_dataset_folder(NAME)
    found = sorted(
        (match["digit"], match["speaker"], int(match["take"]), path)
        for path in folder.rglob("*.wav")
        if (match := _FILE.fullmatch(path.name))
    )
    if not found:
        raise CourseError(f"{folder} holds no recordings. Delete it, and download them again.")
    digits, speakers, _, paths = zip(*found, strict=True)
    waves = np.stack([one_window(read_sound(path)) for path in paths])
    return Sounds(WORDS, waves, np.array([int(digit) for digit in digits]), np.array(speakers))
