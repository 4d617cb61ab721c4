"""``load_sounds``: tasks of short sounds, by name, and a folder of the learner's own."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from course_utils.data import spoken_digits
from course_utils.data.drawn_sounds import draw_glides, draw_vowels
from course_utils.data.sound_splits import Sounds, SoundSplit, SplitBy, deal_sounds
from course_utils.data.sounds import SOUND_ENDINGS, one_window, read_sound
from course_utils.data.splits import Dataset
from course_utils.errors import CourseError


@dataclass(frozen=True)
class _Source:
    sounds: Callable[[], Sounds]
    card: str


_SOURCES = {
    "vowels": _Source(draw_vowels, "Drawn: five vowels of twelve made-up speakers."),
    "glides": _Source(draw_glides, "Drawn: tones of twelve made-up instruments that rise, fall, turn or stay."),
    spoken_digits.NAME: _Source(
        spoken_digits.spoken_digits, "Real: ten digits, spoken by four people; the files must be at hand."
    ),
}
_MOST = 1000  # files of a folder


def sound_names() -> tuple[str, ...]:
    """Return the names of the tasks of sounds."""
    return tuple(_SOURCES)


@lru_cache(maxsize=32)
def load_sounds(name: str, seed: int = 0, by: SplitBy = "speaker") -> Dataset:
    """Load a task of short sounds.

    Args:
        name: one of ``sound_names()``.
        seed: decides who, or which clips, are learned from and tested on.
        by: ``"speaker"``, so that nobody is in two parts; or ``"clip"``, to see how much that leaks.

    Returns:
        The task. Its parts are ``SoundSplit``: waves of a second at 16 kHz, labels, speakers, and numbers of the clips.

    Raises:
        CourseError: an unknown name or split, or a task whose files are not on this computer.
    """
    if name not in _SOURCES:
        raise CourseError(f"There are no sounds {name!r}. Known: {', '.join(_SOURCES)}.")
    if by not in ("speaker", "clip"):
        raise CourseError(f"by={by!r} is no way to split sounds: it must be 'speaker' or 'clip'.")
    sounds, card = _drawn_or_read(name), _SOURCES[name].card
    return Dataset(name, sounds.classes, deal_sounds(sounds, by, seed), card)


def load_own_sounds(folder: str | Path) -> tuple[SoundSplit, tuple[str, ...]]:
    """Load your own recordings: a folder with one sub-folder for each word, and a file for each time that you said it.

    Nothing leaves this computer.

    Args:
        folder: with two sub-folders or more, each with two sound files or more.

    Returns:
        The clips, a second each at 16 kHz, and the words. All have one speaker, ``"you"``.

    Raises:
        CourseError: there is no such folder, too few words or takes, more than 1,000 files, or a file that is no sound.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CourseError(f"There is no folder {folder}. Make it, with one sub-folder of sound files for each word.")
    takes = {word.name: _sound_files(word) for word in sorted(folder.iterdir()) if word.is_dir()}
    takes = {word: files for word, files in takes.items() if files}
    if len(takes) < 2:
        raise CourseError(
            f"{folder} has sounds of {len(takes)} words; it takes two or more sub-folders, one for each word, with "
            f"files that end with {', '.join(SOUND_ENDINGS)}."
        )
    single = [word for word, files in takes.items() if len(files) < 2]
    if single:
        raise CourseError(f"There is one take of {', '.join(single)}: say each word twice or more, a file each time.")
    files = [file for own in takes.values() for file in own]
    if len(files) > _MOST:
        raise CourseError(f"{folder} holds {len(files):,} sounds; at most {_MOST:,} are read. Keep some of each word.")
    waves = np.stack([one_window(read_sound(file)) for file in files])
    labels = np.repeat(np.arange(len(takes)), [len(own) for own in takes.values()])
    everybody = np.full(len(files), "you")
    return SoundSplit(waves, labels.astype(np.int64), everybody, np.arange(len(files))), tuple(takes)


def _sound_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUND_ENDINGS and path.is_file())


@lru_cache
def _drawn_or_read(name: str) -> Sounds:
    return _SOURCES[name].sounds()
