"""The sound microscope as a widget: every control of the page is a trait."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import recording
from course_utils.labs.sound_lab.sound_microscope import STYLES, TABLE, page_data

_START = TABLE["start"]


class SoundMicroscope(PageLab):
    """Choose a vowel, a voice and a layer; guess what the nearest other sound shares with it, and reveal it.

    Attributes:
        vowel: which is said, such as "ee".
        voice: who says it, such as "voice 07".
        layer: in which sounds are compared: 0, the log-mel, to 5, Whisper's last block.
        guess: "vowel", "voice" or "neither"; None until the guess.
        revealed: whether the learner sees the nearest sounds.
    """

    name = "sound-microscope"
    _esm = bundle(Path(__file__).with_name("sound_widget.js"))
    _css = style_sheet(*STYLES)

    vowel = traitlets.Unicode(_START["vowel"]).tag(sync=True)
    voice = traitlets.Unicode(_START["voice"]).tag(sync=True)
    layer = traitlets.Int(_START["layer"]).tag(sync=True)
    guess = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, rows: Rows, probes: Sequence[dict[str, Any]], missing: str = "") -> None:
        super().__init__(data=page_data(rows, probes, missing))

    def work(self) -> tuple[Work, str]:
        """Refuse: nothing is trained here.

        Raises:
            CourseError: always.
        """
        raise CourseError("The sound microscope trains nothing. Choose a vowel, a voice and a layer.")

    def still(self) -> Picture:
        sounds = self.data["sounds"]
        if not sounds:
            raise CourseError(self.data["missing"] or "There is no recording of sounds.")
        at = next(n for n, one in enumerate(sounds) if (one["vowel"], one["voice"]) == (self.vowel, self.voice))
        chosen, rows = sounds[at], []
        for layer, near in zip(TABLE["layers"], chosen["near"], strict=True):
            for number, (other, cosine) in enumerate(zip(sounds, near, strict=True)):
                if number != at:
                    rows.append({"layer": layer, "shares": _shared(chosen, other), "cosine": cosine / 100})
        title = f'How near other sounds are to "{self.vowel}" of {self.voice}'
        label = "cosine, mean with lowest and highest"
        return figures.line_chart(
            rows, x="layer", y="cosine", by="shares", x_label="compared in", y_label=label, title=title
        )

    @traitlets.validate("vowel", "voice", "layer", "guess")
    def _one_of_the_controls(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        allowed: dict[str, Any] = {
            "vowel": self.data["vowels"] or [value],
            "voice": self.data["voices"] or [value],
            "layer": range(len(TABLE["layers"])),
            "guess": [None, *TABLE["guesses"]],
        }
        one_of(name, value, allowed[name])
        return value


def _shared(one: dict[str, Any], other: dict[str, Any]) -> str:
    shared = next((what for what in ("vowel", "voice") if one[what] == other[what]), "")
    return f"the same {shared}" if shared else "neither"


def sound_microscope() -> SoundMicroscope:
    """Look into sounds: play and see vowels of several voices, and find which are alike in each block of Whisper."""
    rows, missing = recording("sound-looks")
    probes, also_missing = recording("sound-layers")
    return SoundMicroscope(rows, probes, missing or also_missing)
