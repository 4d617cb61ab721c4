"""One's own voice as a widget: the page records, and the kernel keeps the takes and learns from them."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.data.sounds import as_wav
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.sound_lab.sound_microscope import TABLE as SOUNDS
from course_utils.labs.sound_lab.sound_microscope import as_text
from course_utils.labs.voice_lab.listener import Listener
from course_utils.labs.voice_lab.takes import Takes, heard, read_take

_FOLDER = Path(__file__).parent
#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads((_FOLDER / "own_voice.json").read_text(encoding="utf-8"))


class OwnVoice(PageLab):
    """Record words in the page, teach them, and say new ones.

    Attributes:
        takes: the words and their takes on the disk.
        listener: what was learned from them; None before the first time.
    """

    name = "own-voice"
    _esm = bundle(_FOLDER / "own_voice_widget.js")
    _css = style_sheet(_FOLDER / "own_voice.css")

    def __init__(self, takes: Takes) -> None:
        self.takes = takes
        self.listener: Listener | None = None
        super().__init__(data={"folder": str(takes.folder), "rate": SOUNDS["rate"], "table": TABLE})

    def teach(self) -> Listener:
        """Learn from all takes that there are now.

        Raises:
            CourseError: a word has fewer than two takes, or a file is no sound any more.
        """
        files = {word: self.takes.files(word) for word in self.takes.words}
        few = [word for word, own in files.items() if len(own) < 2]
        if few:
            raise CourseError(f"Fewer than two takes of {', '.join(few)}: record another round.")
        waves = np.stack([read_take(path) for own in files.values() for path in own])
        labels = np.repeat(np.arange(len(files)), [len(own) for own in files.values()]).astype(np.int64)
        self.listener = Listener(waves, labels, self.takes.words)
        return self.listener

    def work(self) -> tuple[Work, str]:
        """Refuse: nothing is trained step by step here.

        Raises:
            CourseError: always.
        """
        raise CourseError("This lab has no run to start. Call its teach() instead.")

    def still(self) -> Picture:
        raise CourseError(
            "To record your words, open this lesson in JupyterLab on your own computer (course lab), and run this cell."
        )

    def snapshot(self) -> dict[str, Any]:
        """Return the takes, as the page gets them."""
        words = [
            {
                "word": word,
                "takes": [{"name": path.name, "wave": _drawn(path)} for path in self.takes.files(word)],
            }
            for word in self.takes.words
        ]
        return {"kind": "takes", "words": words}

    def _hear(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        sent = bytes(buffers[0]) if isinstance(buffers, list) and buffers else b""
        try:
            match content:
                case {"command": "take", "word": str(word), "rate": int(rate)}:
                    self._add(word, f"{word}.wav", as_wav(np.frombuffer(sent, np.float32), rate))
                case {"command": "file", "word": str(word), "name": str(name)}:
                    self._add(word, name, sent)
                case {"command": "remove", "word": str(word), "name": str(name)}:
                    self.takes.remove(word, name)
                    self._tell()
                case {"command": "teach"}:
                    began = time.perf_counter()
                    rounds = self.teach().rounds
                    self.send({"kind": "taught", "rounds": rounds, "seconds": time.perf_counter() - began})
                case {"command": "listen", "rate": int(rate)} if self.listener:
                    wave, _ = heard("recording.wav", as_wav(np.frombuffer(sent, np.float32), rate))
                    self.send({"kind": "heard", "told": self.listener.hear(wave)})
                case _:
                    super()._hear(widget, content, buffers)
        except CourseError as problem:
            self.send({"kind": "problem", "words": str(problem), "kept": False})
        except OSError as problem:
            words = f"{self.takes.folder} can't be written ({problem.strerror}). Make room, or name another folder."
            self.send({"kind": "problem", "words": words, "kept": False})

    def _add(self, word: str, name: str, content: bytes) -> None:
        _, odd = self.takes.add(word, name, content)
        self._tell()
        if odd:
            self.send({"kind": "problem", "words": odd, "kept": True})


def _drawn(path: Path) -> str:
    """Return a take as the page draws and plays it; empty for a file that is no sound, which ``teach`` tells of."""
    try:
        return as_text(read_take(path))
    except CourseError:
        return ""


def own_voice(folder: str | Path = "my_voice", words: Sequence[str] | None = None) -> OwnVoice:
    """Record your own words in the page, teach them to a probe, and see whether it knows them when you say them again.

    The takes are WAV files of a second in ``folder``, a sub-folder for each word, as ``data.load_own_sounds`` and
    ``course adapt`` read them. Nothing leaves this computer.

    Args:
        folder: where the takes are kept; what is there already is used.
        words: what to say, 2 to 20 words. If nothing is said, the sub-folders of ``folder``, or else ten common words.

    Raises:
        CourseError: ``folder`` is a file, or the words can't be the names of sub-folders.
    """
    if words is None:
        there = sorted(path.name for path in Path(folder).iterdir() if path.is_dir()) if Path(folder).is_dir() else []
        words = there if len(there) > 1 else TABLE["words_to_say"]
    return OwnVoice(Takes(folder, words))
