"""Recordings: runs too long for a lesson, made once by ``course record`` with their provenance."""

import json
import os
import platform
from collections.abc import Callable
from datetime import date
from pathlib import Path

import keras
import tensorflow as tf

from course_utils.errors import CourseError
from course_utils.transfer import scratch_accuracy
from course_utils.worlds import load_dataset
from course_utils.worlds.assets import add_to_manifest, sha256

SEEDS = range(5)
#: Labels per class at which training from scratch is recorded, by task.
BUDGETS = {
    "shapes": (1, 5, 20, 50, 100, 240),
    "photo-textures": (1, 5, 10, 15, 20, 40, 150),
    "digits": (1, 5, 15, 20, 90),
}


def record(name: str, out: Path, on_progress: Callable[[int, int], None] | None = None) -> Path:
    """Record one task's scratch curve: every budget and seed trained, tested once, and written with provenance.

    Args:
        name: ``scratch-shapes``, ``scratch-photo-textures`` or ``scratch-digits``.
        out: the folder to write into.
        on_progress: called with (runs done, runs in all).

    Raises:
        CourseError: an unknown name.
    """
    task = name.removeprefix("scratch-")
    if name == task or task not in BUDGETS:
        raise CourseError(f"There is no recording {name!r}. Known: {', '.join(f'scratch-{t}' for t in BUDGETS)}.")
    dataset, rows = load_dataset(task), []
    jobs = [(labels, seed) for labels in BUDGETS[task] for seed in SEEDS]
    for number, (labels, seed) in enumerate(jobs, start=1):
        accuracy = round(scratch_accuracy(dataset, labels, seed), 4)
        rows.append({"method": "from scratch", "labels": labels, "seed": seed, "accuracy": accuracy})
        if on_progress:
            on_progress(number, len(jobs))
    provenance = {
        "command": f"course record {name}",
        "date": date.today().isoformat(),
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "licence": "CC BY 4.0",
    }
    out.mkdir(parents=True, exist_ok=True)
    path, partial = out / f"{name}.json", out / f"{name}.partial"
    partial.write_text(json.dumps({"provenance": provenance, "rows": rows}, indent=1) + "\n", encoding="utf-8")
    entry = {"sha256": sha256(partial), "bytes": partial.stat().st_size, **provenance}
    partial.replace(path)
    add_to_manifest(out, path.name, entry)
    return path
