"""What Whisper writes when it hears single digits, and six of them in a row."""

import re
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import load_transcriber
from course_utils.data import SAMPLE_RATE
from course_utils.experiments.sound_features import all_clips
from course_utils.experiments.sound_probes import DIGITS

_Cell = dict[str, Any]
#: The digits as words.
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ROWS, _LONG = 4, 6  # rows of digits for each draw, and how many digits each has
_LOUD = 0.02  # of the loudest sample: what is quieter at both ends of a clip is left out
_PAUSE = SAMPLE_RATE // 4  # samples between two digits

TRANSCRIPT_CELLS = tuple(
    {"kind": kind, "seed": seed} for kind, seed in product(("one digit", "six digits in a row"), range(8))
)


def measure_transcripts(cell: _Cell) -> list[_Cell]:
    """Ten single digits or four rows of six, all of one speaker: what was said, what is written, and is it right?"""
    rng, clips = np.random.default_rng((cell["seed"], 11)), all_clips(DIGITS)
    names = sorted(set(clips.speakers.tolist()))
    speaker = names[cell["seed"] % len(names)]
    if cell["kind"] == "one digit":
        said = [[digit] for digit in range(10)]
    else:
        said = rng.integers(0, 10, (_ROWS, _LONG)).tolist()
    rows = []
    for digits in said:
        takes = [rng.choice(np.flatnonzero((clips.speakers == speaker) & (clips.labels == digit))) for digit in digits]
        written = load_transcriber().transcribe(in_a_row([clips.inputs[take] for take in takes]))
        correct = digits_of(written) == digits
        rows.append({**cell, "speaker": speaker, "said": digits, "written": written, "right": float(correct)})
    return rows


def in_a_row(waves: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Join recordings without the quiet at their ends, with pauses of a quarter of a second between them."""
    parts = []
    for wave in waves:
        loud = np.flatnonzero(np.abs(wave) > _LOUD * np.abs(wave).max())
        parts += [wave[loud[0] : loud[-1] + 1], np.zeros(_PAUSE, np.float32)]
    return np.concatenate(parts[:-1])


def digits_of(written: str) -> list[int] | None:
    """Return the digits of a transcript, in words or in figures; ``None`` if it says anything else."""
    text = written.lower()
    for digit, word in enumerate(WORDS):
        text = re.sub(rf"\b{word}\b", str(digit), text)
    return [int(figure) for figure in re.findall(r"\d", text)] if re.fullmatch(r"[\d\s.,!?-]*", text) else None
