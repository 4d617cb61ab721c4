"""Recordings: experiments too long for a lesson, run once by ``course record`` and kept with their provenance."""

import json
import os
import platform
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras

from course_utils.assets import add_to_manifest, sha256
from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.experiments.experiment import Experiment, ExperimentCell, Row
from course_utils.experiments.registry import EXPERIMENTS
from course_utils.files import write_atomically

#: How far a cell may lie outside its recorded band, besides the band's own width: another machine rounds differently,
#: and training on few pictures magnifies that, so that its run is like one with another seed. Three to five seeds say
#: little about how far off one more may be.
MARGIN = 0.08
#: Columns by which the rows of one cell differ.
_VARIED = ("method", "stage", "strength", "kind", "day", "wording")


def record(name: str, out: Path, on_progress: Callable[[int, int], None] | None = None) -> Path:
    """Run every cell of an experiment and write the rows with their provenance, all or nothing.

    Cells that are done wait in ``NAME.cells.jsonl`` until the recording is written: a run that was interrupted goes on
    there. After a change to the experiment, delete that file.

    Args:
        name: one of ``EXPERIMENTS``.
        out: the folder to write into.
        on_progress: called with (cells done, cells in total).

    Raises:
        CourseError: an unknown name, or cells that were measured with another version or on another machine.
    """
    experiment = _experiment(name)
    made_by = {
        "keras": keras.__version__,
        "tensorflow": version("tensorflow"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores{_bfloat16()}",
    }
    journal = _Journal(out / f"{name}.cells.jsonl", made_by)
    rows: list[Row] = []
    for number, cell in enumerate(experiment.cells, start=1):
        rows += journal.rows(cell, experiment.measure)
        if on_progress:
            on_progress(number, len(experiment.cells))
    provenance = {
        "command": f"course record {name}",
        "seeds": sorted({cell["seed"] for cell in experiment.cells}),
        "date": date.today().isoformat(),
        **made_by,
        "licence": "CC BY 4.0",
    }
    path = out / f"{name}.json"
    lines = ",\n".join(json.dumps(row) for row in rows)
    text = f'{{"provenance": {json.dumps(provenance)},\n"rows": [\n{lines}\n]}}\n'
    write_atomically(path, text)
    add_to_manifest(out, path.name, {"sha256": sha256(path), "bytes": path.stat().st_size, **provenance})
    journal.path.unlink()
    return path


class _Journal:
    """The cells of a recording that are done, a line each, below a line that says what they were measured with."""

    def __init__(self, path: Path, made_by: dict[str, str]) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8") if path.exists() else json.dumps(made_by) + "\n"
        first, *cells = (line for line in text.splitlines(keepends=True) if line.endswith("\n"))
        if json.loads(first) != made_by:
            raise CourseError(
                f"{path} was begun with {first.strip()}, but this is {json.dumps(made_by)}. One recording can't mix "
                "the two: delete the file to begin again."
            )
        write_atomically(path, first + "".join(cells))  # without a line that an interrupted run left unfinished
        self.done: dict[str, list[Row]] = {json.dumps(cell): rows for cell, rows in map(json.loads, cells)}

    def rows(self, cell: ExperimentCell, measure: Callable[[ExperimentCell], list[Row]]) -> list[Row]:
        """Return a cell's rows, and measure it if that was not done before."""
        key = json.dumps(cell)
        if key not in self.done:
            self.done[key] = [_rounded(row) for row in measure(cell)]
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps([cell, self.done[key]]) + "\n")
        return self.done[key]


@dataclass(frozen=True)
class Checked:
    """A cell that was run again: its result, and the band of its recorded seeds."""

    name: str
    what: str
    again: float
    lowest: float
    highest: float

    @property
    def holds(self) -> bool:
        margin = MARGIN + self.highest - self.lowest
        return self.lowest - margin <= self.again <= self.highest + margin

    def __str__(self) -> str:
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        band = f"{self.lowest:.3f} .. {self.highest:.3f}"
        return f"{self.name}, {self.what}: {self.again:.3f} now, {band} recorded: {verdict}"


def check(name: str, seed: int | None = None) -> list[Checked]:
    """Read a recording, which verifies its checksum, and run one of its cells again, drawn by ``seed``.

    Raises:
        CourseError: an unknown name, or a recording that is missing or damaged.
    """
    experiment, rows = _experiment(name), recorded(name)
    cell = random.Random(seed).choice(experiment.cells)
    checked = []
    for row in experiment.measure(cell):
        varied = {key: row[key] for key in (*_VARIED, *cell) if key in row and key != "seed"}
        alike = [r for r in rows if all(r[key] == value for key, value in varied.items())]
        for column in experiment.accuracies:
            band = [r[column] for r in alike]
            what = ", ".join(f"{key} {value}" for key, value in varied.items())
            checked.append(Checked(name, f"{what}, {column}", float(row[column]), min(band), max(band)))
    return checked


def _bfloat16() -> str:
    """Say so if the processor may round what it multiplies to bfloat16, which makes a language model far faster."""
    asked = all(os.environ.get(name) == "BF16" for name in ("ONEDNN_DEFAULT_FPMATH_MODE", "TF_SET_ONEDNN_FPMATH_MODE"))
    return ", products in bfloat16" if asked else ""


def _experiment(name: str) -> Experiment:
    if name not in EXPERIMENTS:
        raise CourseError(f"There is no recording {name!r}. Known: {', '.join(EXPERIMENTS)}.")
    return EXPERIMENTS[name]


def _rounded(value: Any) -> Any:
    """Round accuracies to four places, which is finer than one picture; leave rates and settings as they are."""
    if isinstance(value, dict):
        return {
            key: entry if key in ("learning_rate", "setting", "strength", "rehearsal") else _rounded(entry)
            for key, entry in value.items()
        }
    if isinstance(value, list):
        return [_rounded(entry) for entry in value]
    return round(value, 4) if isinstance(value, float) else value
