"""Small folders of recordings and tables of texts for ``course adapt``: drawn vowels, and messages to a shop."""

import csv
from pathlib import Path

import numpy as np
import soundfile

from course_utils.data import SAMPLE_RATE, load_sounds, load_texts

#: Names that break what does not escape them.
DESKS = ("a, b & <b>", "🐜 returns")


def write_vowels(folder: Path, takes: int = 3, classes: int = 3) -> Path:
    """Write some takes of every speaker as WAV files, with a table of who is heard."""
    task = load_sounds("vowels")
    clips = [getattr(task, part) for part in ("train", "validation", "test")]
    waves, labels, speakers = (
        np.concatenate([getattr(part, name) for part in clips]) for name in ("inputs", "labels", "speakers")
    )
    lines = ["file,group"]
    for label, name in enumerate(task.class_names[:classes]):
        (folder / name).mkdir(parents=True)
        for speaker in np.unique(speakers):
            for take, row in enumerate(np.flatnonzero((labels == label) & (speakers == speaker))[:takes]):
                path = folder / name / f"{speaker}_{take}.wav"
                soundfile.write(path, waves[row], SAMPLE_RATE, subtype="FLOAT")
                lines.append(f"{name}/{path.name},{speaker}")
    (folder / "groups.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def write_messages(path: Path, per_class: int = 60) -> Path:
    """Write messages for two desks as a table, with their wordings as groups."""
    task = load_texts("support")
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["text", "label", "group"])
        for label, name in enumerate(DESKS):
            for part in (task.train, task.validation, task.test):
                for row in np.flatnonzero(part.labels == label)[: per_class // 3]:
                    table.writerow([part.inputs[row], name, part.groups[row]])
    return path
