"""Lesson 11's sound microscope: drawn vowels to see and play, and how near they are to each other in each block."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.data import SAMPLE_RATE
from course_utils.experiments import mean_over_seeds
from course_utils.experiments.sound_looks import LOOKED_IN, looked_at
from course_utils.figures.tables import Rows

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("sound_microscope.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (Path(__file__).with_name("sound_microscope.css"),)
_QUIET = 0.01  # of the loudest sample: what is quieter at both ends is left out


def page_data(rows: Rows, probes: Sequence[dict[str, Any]], missing: str = "") -> dict[str, Any]:
    """Return what the page needs, as plain data: about 250 kB as JSON.

    Args:
        rows: of the recording ``sound-looks``.
        probes: of the recording ``sound-layers``.
        missing: why there are no rows, in words.
    """
    sounds = [
        {**{name: row[name] for name in ("vowel", "voice", "picture", "near")}, "wave": as_text(wave)}
        for row, wave in zip(rows, looked_at().inputs if rows else (), strict=True)
    ]
    return {
        "sounds": sounds,
        "vowels": list(dict.fromkeys(row["vowel"] for row in rows)),
        "voices": list(dict.fromkeys(row["voice"] for row in rows)),
        "probes": {what: _by_layer(probes, what) for what in ("digit", "speaker") if probes},
        "missing": missing,
        "table": TABLE,
    }


def as_text(wave: NDArray[np.floating]) -> str:
    """Return a wave as base64 of 8 bits a sample at half the rate, 8 kHz, without the quiet at both ends."""
    step = SAMPLE_RATE // TABLE["rate"]
    slower = wave[: len(wave) // step * step].reshape(-1, step).mean(axis=1)
    loud = np.flatnonzero(np.abs(slower) > _QUIET * np.abs(slower).max())
    kept = slower[loud[0] : loud[-1] + 1]
    return base64.b64encode(np.rint(127 * kept / np.abs(kept).max()).astype(np.int8).tobytes()).decode()


def _by_layer(probes: Sequence[dict[str, Any]], what: str) -> list[float | None]:
    """Return the mean accuracy of a probe in each layer, 0..1; None for the log-mel, where none was recorded."""
    recorded = {row["block"] for row in probes}
    return [
        round(mean_over_seeds(probes, "accuracy", what=what, network="pretrained", block=block), 3)
        if block in recorded
        else None
        for block in LOOKED_IN
    ]
