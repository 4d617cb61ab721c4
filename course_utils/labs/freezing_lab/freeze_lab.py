"""Lesson 03's freeze lab: the settings that decide a run, and what the page gets to replay runs by itself."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import keras

from course_utils.backbones import blocks, load_backbone
from course_utils.experiments import RATES, Recipe
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import PER_CLASS

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("freeze_lab.json").read_text(encoding="utf-8"))
BLOCKS = ("block1", "block2", "block3", "block4")
HEADS, BATCHNORMS = tuple(TABLE["head"]), tuple(TABLE["batchnorm"])
EPOCHS = range(TABLE["epochs"]["least"], TABLE["epochs"]["most"] + 1)
SEEDS = range(TABLE["seed"]["least"], TABLE["seed"]["most"] + 1)
_PICTURES, _BATCH = 2 * PER_CLASS, 32  # the scans have two classes
#: Optimizer steps in an epoch; the last batch is filled up.
STEPS = -(-_PICTURES // _BATCH)
_START = TABLE["start"]


@dataclass(frozen=True)
class FreezeSetting:
    """What decides a run of the freeze lab: two runs of one setting give the same numbers.

    Attributes:
        locked: by block, from the pictures to the heads, whether it is frozen.
        learning_rate, epochs: of the run.
        head: ``probe`` or ``random``.
        batchnorm: ``inference`` or ``training``.
        seed: draws the labels and their order.

    Raises:
        CourseError: a value that no control of the lab has.
    """

    locked: tuple[bool, ...] = tuple(number < _START["frozen"] for number in range(len(BLOCKS)))
    learning_rate: float = _START["learning_rate"]
    epochs: int = _START["epochs"]
    head: str = _START["head"]
    batchnorm: str = _START["batchnorm"]
    seed: int = _START["seed"]

    def __post_init__(self) -> None:
        one_of("number of locks", len(self.locked), (len(BLOCKS),))
        for lock in self.locked:
            one_of("lock", lock, (False, True))
        one_of("rate", self.learning_rate, RATES)
        one_of("number of epochs", self.epochs, EPOCHS)
        one_of("head", self.head, HEADS)
        one_of("BatchNorm mode", self.batchnorm, BATCHNORMS)
        one_of("seed", self.seed, SEEDS)

    @property
    def unfrozen(self) -> tuple[str, ...]:
        """The names of the blocks that learn."""
        return tuple(block for block, locked in zip(BLOCKS, self.locked, strict=True) if not locked)

    @property
    def end(self) -> int:
        """The number of optimizer steps of the whole run."""
        return self.epochs * STEPS

    def recipe(self) -> Recipe:
        """Return the run as a recipe; ``steps`` counts full batches, and the run takes whole epochs."""
        frozen = depth(self.locked)
        return Recipe(
            blocks=len(BLOCKS) - frozen if self.locked == locked_to(frozen) else self.unfrozen,
            learning_rate=self.learning_rate,
            steps=max(1, round(self.epochs * _PICTURES / _BATCH)),
            head="probe" if self.head == "probe" else "random",
            batchnorm="inference" if self.batchnorm == "inference" else "training",
        )

    def name(self) -> str:
        """Return a short name for a run."""
        head = ", random head" if self.head == "random" else ""
        batchnorm = ", BatchNorm trains" if self.batchnorm == "training" else ""
        frozen = "nothing" if not any(self.locked) else ", ".join(b for b in BLOCKS if b not in self.unfrozen)
        return f"{frozen} frozen, {scientific(self.learning_rate)}{head}{batchnorm}"


def locked_to(frozen: int) -> tuple[bool, ...]:
    """Return the locks that freeze this many blocks, counted from the pictures, and no other."""
    return tuple(number < frozen for number in range(len(BLOCKS)))


def depth(locked: Sequence[bool]) -> int:
    """Return how many blocks are frozen without a gap, counted from the pictures."""
    return [*locked, False].index(False)


def page_data(rows: Rows, missing: str = "") -> dict[str, Any]:
    """Return what the page needs to show every recorded run, as plain data: about 20 kB as JSON.

    Args:
        rows: of the recording ``map-scans``.
        missing: why there are none, in words.
    """
    recorded = {name: _START[name] for name in ("epochs", "head", "batchnorm")}
    return {
        "blocks": _block_weights(),
        "rates": list(RATES),
        "steps_per_epoch": STEPS,
        "recorded": recorded,
        "runs": [_run(row) for row in rows],
        "missing": missing,
        "table": TABLE,
    }


def _run(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a recorded run; it was measured every few steps, and at its end."""
    curve = [[point["step"], point["target"], point["source"]] for point in row["curve"]]
    return {
        "locked": list(locked_to(len(BLOCKS) - row["blocks"])),
        "learning_rate": row["learning_rate"],
        "seed": row["seed"],
        "curve": [*curve, [_START["epochs"] * STEPS, row["validation_target"], row["validation_source"]]],
        "drift": [round(row["drift"][block], 4) for block in BLOCKS],
    }


@cache
def _block_weights() -> list[dict[str, Any]]:
    """Return how many weights of each block can learn, how many its BatchNorm layers add, and all that it has."""
    network = load_backbone("embedded", weights=None)  # to count: no run trains it
    counts = []
    for block, layers in blocks(network).items():
        norms = [layer for layer in layers if isinstance(layer, keras.layers.BatchNormalization)]
        others = [layer for layer in layers if layer not in norms]
        counts.append(
            {
                "name": block,
                "weights": sum(layer.count_params() for layer in others),
                "norms": sum(layer.count_params() // 2 for layer in norms),  # the other half are statistics
                "total": sum(layer.count_params() for layer in layers),
            }
        )
    return counts
