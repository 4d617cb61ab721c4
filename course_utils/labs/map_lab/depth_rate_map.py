"""Lesson 04's map of depth and rate: the settings of a run, and what the page gets to show every cell by itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.data import load_dataset
from course_utils.experiments import RATES, Recipe
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific
from course_utils.frontend import KIT
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import PER_CLASS, TASK

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("depth_rate_map.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (KIT / "heat_map.css", Path(__file__).with_name("depth_rate_map.css"))
BLOCKS = ("block1", "block2", "block3", "block4")
TASKS = tuple(TABLE["tasks"])
DEPTHS, SEEDS = range(len(BLOCKS) + 1), range(TABLE["seed"]["least"], TABLE["seed"]["most"] + 1)
_PICTURES, _BATCH = 2 * PER_CLASS, Recipe().batch_size  # the scans have two classes
#: Optimizer steps of a run: whole epochs, whose last batch is filled up.
STEPS = round(Recipe().steps * _BATCH / _PICTURES) * ceil(_PICTURES / _BATCH)
_START = TABLE["start"]

Cell = tuple[int, float]
_Grouped = Mapping[Cell, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class MapSetting:
    """What decides a run of a cell: two runs of one setting give the same numbers.

    Attributes:
        blocks: how many are unfrozen, counted from the heads.
        learning_rate: of the run.
        seed: draws the labels and their order.

    Raises:
        CourseError: a value that no control of the lab has.
    """

    blocks: int = _START["blocks"]
    learning_rate: float = _START["learning_rate"]
    seed: int = _START["seed"]

    def __post_init__(self) -> None:
        one_of("number of unfrozen blocks", self.blocks, DEPTHS)
        one_of("rate", self.learning_rate, RATES)
        one_of("seed", self.seed, SEEDS)

    @property
    def end(self) -> int:
        """The number of optimizer steps of the whole run."""
        return STEPS

    def recipe(self) -> Recipe:
        """Return the run as a recipe."""
        return Recipe(blocks=self.blocks, learning_rate=self.learning_rate)

    def name(self) -> str:
        """Return a short name for a run."""
        return f"{self.blocks} {'block' if self.blocks == 1 else 'blocks'} unfrozen at {scientific(self.learning_rate)}"


def best(rows: Rows) -> Cell:
    """Return the cell with the highest mean validation accuracy on the target."""
    grouped = _by_cell(rows)
    return max(grouped, key=lambda cell: _mean(grouped[cell], "validation_target"))


def ties(rows: Rows, pictures: int) -> tuple[list[Cell], float]:
    """Return the cells that the validation pictures cannot tell from the best one, and how far that reaches.

    Args:
        rows: of the recording ``map-scans``.
        pictures: how many validation pictures the target has.

    Returns:
        The cells within two standard errors of the best one, without it; and two standard errors, as a share.
    """
    grouped, winner = _by_cell(rows), best(rows)
    highest = _mean(grouped[winner], "validation_target")
    noise = 2 * float(np.sqrt(highest * (1 - highest) / pictures))
    near = [cell for cell in grouped if _mean(grouped[cell], "validation_target") >= highest - noise]
    return [cell for cell in near if cell != winner], noise


def page_data(rows: Rows, missing: str = "") -> dict[str, Any]:
    """Return what the page needs to show the map and every recorded run, as plain data: about 25 kB as JSON.

    Args:
        rows: of the recording ``map-scans``.
        missing: why there are none, in words.
    """
    pictures = len(load_dataset(TASK).validation)
    near, noise = ties(rows, pictures) if rows else ([], 0.0)
    return {
        "blocks": list(BLOCKS),
        "rates": list(RATES),
        "steps": STEPS,
        "batch": _BATCH,
        "pictures": pictures,
        "cells": [_cell(cell, runs) for cell, runs in _by_cell(rows).items()],
        "best": list(best(rows)) if rows else None,
        "ties": [list(cell) for cell in near],
        "noise": noise,
        "runs": [_run(row) for row in rows],
        "missing": missing,
        "table": TABLE,
    }


def _by_cell(rows: Rows) -> _Grouped:
    grouped: dict[Cell, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["blocks"], row["learning_rate"]), []).append(row)
    return dict(sorted(grouped.items()))


def _cell(cell: Cell, runs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a cell's mean, lowest and highest accuracy on validation pictures, and its mean on test pictures."""
    ends = {task: [run[f"validation_{task}"] for run in runs] for task in TASKS}
    return {
        "blocks": cell[0],
        "learning_rate": cell[1],
        **{task: [round(float(np.mean(seen)), 4), min(seen), max(seen)] for task, seen in ends.items()},
        "test": round(_mean(runs, "target"), 4),
    }


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recorded run; it was measured every few steps, and at its end."""
    curve = [[point["step"], point["target"], point["source"]] for point in row["curve"]]
    return {
        "blocks": row["blocks"],
        "learning_rate": row["learning_rate"],
        "seed": row["seed"],
        "curve": [*curve, [STEPS, row["validation_target"], row["validation_source"]]],
    }


def _mean(rows: Sequence[Mapping[str, Any]], column: str) -> float:
    return float(np.mean([row[column] for row in rows]))
