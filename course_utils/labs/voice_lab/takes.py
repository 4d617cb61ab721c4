"""The takes of a learner's words: a folder with a sub-folder of WAV files for each word."""

import re
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_utils.data.sounds import SOUND_ENDINGS, SoundWarning, as_wav, one_window, read_sound
from course_utils.errors import CourseError
from course_utils.files import require_writable, write_atomically

_WORDS = (2, 20)  # the fewest and the most
_LONGEST = 30  # characters of a word
_NAME = "take_{:03d}.wav"
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.|[. ]$')  # in a folder's name, on one system or another


class Takes:
    """Words and their takes on the disk, each a second at 16 kHz.

    Attributes:
        folder: of all words; it is made with the first take.
        words: in the order in which they are said.
    """

    def __init__(self, folder: str | Path, words: Sequence[str]) -> None:
        """Use a folder, whether it is there already or not.

        Raises:
            CourseError: the folder is a file, or the words can't be the names of sub-folders.
        """
        self.folder, self.words = Path(folder), tuple(words)
        if self.folder.exists() and not self.folder.is_dir():
            raise CourseError(f"{self.folder} is a file. Give the name of a folder for your takes.")
        least, most = _WORDS
        if not least <= len(self.words) <= most:
            raise CourseError(f"words holds {len(self.words)}: give {least} to {most} words.")
        for word in self.words:
            if not isinstance(word, str) or not 1 <= len(word) <= _LONGEST or _FORBIDDEN.search(word):
                raise CourseError(
                    f"The word {word!r} can't be the name of a folder: 1 to {_LONGEST} characters, and none of "
                    r'\ / : * ? " < > | in it.'
                )
        if len({word.casefold() for word in self.words}) < len(self.words):
            raise CourseError("words holds the same word twice: give each once.")

    def files(self, word: str) -> list[Path]:
        """Return the files of a word, the oldest number first."""
        folder = self.folder / self._known(word)
        if not folder.is_dir():
            return []
        return sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUND_ENDINGS and path.is_file())

    def add(self, word: str, name: str, content: bytes) -> tuple[Path, str]:
        """Keep the content of a sound file as a take; return its path, and what is odd about it in words.

        Args:
            word: one of the words.
            name: of the file, for its ending and for what is said about it.
            content: of the file, in any format that ``read_sound`` reads.

        Raises:
            CourseError: it is no sound, too short, too long or silent, or the folder can't be written.
        """
        wave, odd = heard(name, content)
        home = self.folder / self._known(word)
        require_writable(home)
        taken = {path.name for path in self.files(word)}
        path = home / next(free for number in range(1, 10_000) if (free := _NAME.format(number)) not in taken)
        write_atomically(path, as_wav(wave))
        return path, odd

    def remove(self, word: str, name: str) -> None:
        """Remove a take; nothing happens if it is gone already."""
        for path in self.files(word):
            if path.name == name:
                path.unlink(missing_ok=True)

    def _known(self, word: str) -> str:
        if word not in self.words:
            raise CourseError(f"{word!r} is none of the words: choose one of {', '.join(self.words)}.")
        return word


def read_take(path: Path) -> NDArray[np.float32]:
    """Return the loudest second of a take, float32 ``(16000,)``; what is odd about it was said when it was added.

    Raises:
        CourseError: the file is no sound any more.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SoundWarning)
        return one_window(read_sound(path))


def heard(name: str, content: bytes) -> tuple[NDArray[np.float32], str]:
    """Return the loudest second of a sound file's content, float32 ``(16000,)``, and what is odd about it in words.

    Raises:
        CourseError: it is no sound, too short, too long or silent.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always", SoundWarning)
        path = Path(folder) / Path(name).name
        path.write_bytes(content)
        wave = one_window(read_sound(path))
    return wave, " ".join(str(one.message) for one in warned if issubclass(one.category, SoundWarning))
