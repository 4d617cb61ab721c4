"""Lesson 02's label-budget lab: the settings of a run, and what the page gets to show every budget by itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.data import drawing, photographs
from course_utils.experiments import band, label_efficiency
from course_utils.figures.tables import Rows
from course_utils.frontend import KIT
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import recording

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("label_budget.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (KIT / "crossing_guess.css", KIT / "sprite_grid.css", Path(__file__).with_name("label_budget.css"))
TASKS = tuple(TABLE["task"])
#: The classes of each task; a real task's pictures take a second to load, and the page needs the names at once.
CLASSES: dict[str, tuple[str, ...]] = {
    "shapes": drawing.NEW_SHAPE_CLASSES,
    "photo-textures": photographs.TEXTURE_NAMES,
    "digits": tuple("0123456789"),
}
#: As a guess: training from scratch never gets there.
NEVER: int = TABLE["never"]
LABELS, SEEDS = range(1, 1001), range(TABLE["seed"]["least"], TABLE["seed"]["most"] + 1)
#: By the name of a curve on the page, how its rows are named in the recordings.
METHODS = {"transfer": "pretrained, frozen", "scratch": "from scratch", "tuned": "fine-tuned"}
_WITHOUT_RECORDING = (1, 5, 20)
_START = TABLE["start"]


@dataclass(frozen=True)
class BudgetSetting:
    """What decides a run from scratch: two runs of one setting give the same numbers.

    Attributes:
        task: one of ``TASKS``.
        labels: labels per class.
        seed: draws the pictures and the network's first weights.

    Raises:
        CourseError: a value that no control of the lab has.
    """

    task: str = _START["task"]
    labels: int = _START["labels"]
    seed: int = _START["seed"]

    def __post_init__(self) -> None:
        one_of("task", self.task, TASKS)
        one_of("number of labels", self.labels, LABELS)
        one_of("seed", self.seed, SEEDS)

    def name(self) -> str:
        """Return a short name for a run."""
        return f"{TABLE['task'][self.task]}, {'1 label' if self.labels == 1 else f'{self.labels} labels'} per class"


@dataclass(frozen=True)
class RecordedBudgets:
    """What was recorded of a task.

    Attributes:
        rows: test accuracies by ``method``, ``labels`` and ``seed``.
        commands: that recorded them.
        missing: why there are no curves to compare, in words; empty if there are.
    """

    rows: Rows
    commands: tuple[str, ...]
    missing: str = ""


def recorded_budgets(task: str) -> RecordedBudgets:
    """Read the recordings of a task: probes, training from scratch and, of the photo textures, fine-tuning."""
    names = [f"probes-{task}", f"scratch-{task}", *(["labels-photo-textures"] if task == "photo-textures" else [])]
    found = [recording(name) for name in names]
    rows = [row for part, _ in found for row in part if row["method"] != "features"]  # the probes have them
    missing = next((why for _, why in found[:2] if why), "")
    commands = tuple(f"course record {name}" for name, (part, _) in zip(names, found, strict=True) if part)
    return RecordedBudgets(rows, commands, missing)


def budgets(rows: Rows) -> list[int]:
    """Return the labels per class at which something was recorded, in rising order."""
    return sorted({row["labels"] for row in rows}) or list(_WITHOUT_RECORDING)


def curve(rows: Rows, method: str) -> list[dict[str, Any]]:
    """Return a method's accuracies, 0..1, by budget: their mean, lowest and highest, and the one of each seed."""
    points = []
    for labels in sorted({row["labels"] for row in rows if row["method"] == method}):
        seeds = {r["seed"]: r["accuracy"] for r in rows if (r["method"], r["labels"]) == (method, labels)}
        mean, lowest, highest = (round(share, 4) for share in band(seeds.values()))
        points.append({"labels": labels, "mean": mean, "lowest": lowest, "highest": highest, "seeds": seeds})
    return points


def crossings(transfer: Sequence[dict[str, Any]], scratch: Sequence[dict[str, Any]]) -> dict[int, float | None]:
    """Return, by budget of transfer, the labels per class that training from scratch needs; None if it never does."""
    means = {point["labels"]: point["mean"] for point in transfer}
    both = [point for point in scratch if point["labels"] in means]
    shared, reached = [point["labels"] for point in both], [point["mean"] for point in both]
    needed = {n: n * label_efficiency(shared, [means[s] for s in shared], reached, at=n) for n in shared}
    return {n: round(labels, 2) if np.isfinite(labels) else None for n, labels in needed.items()}


def page_data(found: Mapping[str, RecordedBudgets]) -> dict[str, Any]:
    """Return what the page needs to show every recorded budget, as plain data: about 15 kB as JSON.

    Args:
        found: the recordings of each of ``TASKS``.
    """
    return {"tasks": [_task(task, found[task]) for task in TASKS], "pictures": {}, "table": TABLE}


def _task(task: str, found: RecordedBudgets) -> dict[str, Any]:
    curves = {name: points for name, method in METHODS.items() if (points := curve(found.rows, method))}
    comparable = {"transfer", "scratch"} <= set(curves)
    return {
        "name": task,
        "classes": list(CLASSES[task]),
        "budgets": budgets(found.rows),
        "curves": curves,
        "crossings": crossings(curves["transfer"], curves["scratch"]) if comparable else {},
        "commands": list(found.commands),
        "missing": found.missing,
    }
