"""Probes that learn digits from a synthesiser's voices alone, tested on people."""

from importlib.metadata import version
from typing import Any

from course_utils.data.synthetic_voices import PACKAGE, draw_voices, synthetic_words
from course_utils.experiments.sound_budgets import labels_of
from course_utils.experiments.sound_features import features_of_task, features_of_waves
from course_utils.experiments.sound_probes import COMPARED, DIGITS
from course_utils.experiments.sound_transcripts import WORDS
from course_utils.transfer import linear_probe

_Cell = dict[str, Any]
_VOICES = 20  # of each word

SYNTHETIC_CELLS = tuple({"voices": _VOICES, "seed": seed} for seed in range(5))


def measure_synthetic(cell: _Cell) -> list[_Cell]:
    """Learn from ``voices`` made-up voices that say each digit once; tested on all recorded clips of four people."""
    spoken, said = synthetic_words(WORDS, draw_voices(cell["voices"], cell["seed"])), labels_of(DIGITS)
    made_by = f"{PACKAGE} {version(PACKAGE)}"
    rows = []
    for method, source, block in COMPARED:
        probe = linear_probe(features_of_waves(spoken.inputs, source)[block], spoken.labels, c=1.0)
        accuracy = float(probe.score(features_of_task(DIGITS, source)[block], said))
        rows.append({**cell, "method": method, "made_by": made_by, "accuracy": accuracy})
    return rows
