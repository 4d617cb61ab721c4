"""The map lab of lesson 03, as state: a cell of depth and rate, a guess at the best one, and what the map says."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course_utils.experiments import RATES
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific
from course_utils.labs.kit.state_codes import one_of
from course_utils.labs.kit.training import RunProgress, from_recording

Cell = tuple[int, float]
DEPTHS, SEEDS, STEPS = range(5), range(100), range(501)


@dataclass(frozen=True)
class MapState:
    """Everything that decides what the lab shows, and what it runs.

    Attributes:
        blocks, learning_rate: the cell that is looked at.
        seed: of its run.
        guess_blocks, guess_rate: the best cell, as the learner thinks.
        revealed: whether the learner has seen the map.
        step: how far the replay has come.
    """

    blocks: int = 2
    learning_rate: float = 1e-3
    seed: int = 0
    guess_blocks: int | None = None
    guess_rate: float | None = None
    revealed: bool = False
    step: int = 0

    def __post_init__(self) -> None:
        one_of("number of thawed blocks", self.blocks, DEPTHS)
        one_of("rate", self.learning_rate, RATES)
        one_of("seed", self.seed, SEEDS)
        one_of("guess", self.guess_blocks, (None, *DEPTHS))
        one_of("guess", self.guess_rate, (None, *RATES) if self.guess_blocks is not None else (None,))
        one_of("answer to whether it is revealed", self.revealed, (False, True))
        one_of("step", self.step, STEPS)

    @property
    def cell(self) -> Cell:
        """What is looked at."""
        return self.blocks, self.learning_rate

    @property
    def guess(self) -> Cell | None:
        """What the learner takes for the best cell."""
        if self.guess_blocks is None or self.guess_rate is None:
            return None
        return self.guess_blocks, self.guess_rate

    def at(self, **place: Any) -> "MapState":
        """Another cell or seed, at the start of its run."""
        return replace(self, **place, step=0)

    def guessed(self) -> "MapState":
        """This cell is the guess."""
        return replace(self, guess_blocks=self.blocks, guess_rate=self.learning_rate)


def cells(rows: Rows) -> dict[Cell, list[Mapping[str, Any]]]:
    """The rows of every cell, one row a seed."""
    grouped: dict[Cell, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["blocks"], row["learning_rate"]), []).append(row)
    return dict(sorted(grouped.items()))


def best(rows: Rows) -> Cell:
    """The cell with the highest mean validation accuracy on the target."""
    grouped = cells(rows)
    return max(grouped, key=lambda cell: _mean(grouped[cell], "validation_target"))


def recorded_run(rows: Rows, state: MapState) -> RunProgress | None:
    """The recorded run of the state's cell and seed; None where nobody recorded it."""
    for row in cells(rows).get(state.cell, []):
        if row["seed"] == state.seed:
            return from_recording(row, named(state.cell))
    return None


def named(cell: Cell) -> str:
    """A cell, in words."""
    return f"{cell[0]} blocks at {scientific(cell[1])}"


def verdict(rows: Rows, guess: Cell | None) -> str:
    """How the guessed cell compares with the best one."""
    grouped, top = cells(rows), best(rows)

    def told(cell: Cell) -> str:
        target, source = (_mean(grouped[cell], f"validation_{task}") for task in ("target", "source"))
        return f"{named(cell)}: target {target:.1%}, source {source:.1%}, on validation pictures"

    if guess is None or guess not in grouped:
        return f"You marked no cell as your guess. The best, {told(top)}."
    if guess == top:
        return f"You found the best cell. {told(top)}."
    behind = 100 * (_mean(grouped[top], "validation_target") - _mean(grouped[guess], "validation_target"))
    return f"Your guess, {told(guess)}. The best, {told(top)}: {behind:.1f} points more on the target."


def compared(rows: Rows, cell: Cell, run: RunProgress) -> str:
    """A live run's end beside the recorded runs of its cell."""
    recorded = [from_recording(row, "").curve[-1].accuracy for row in cells(rows).get(cell, [])]
    if not recorded:
        return "Nobody recorded this cell."
    parts = []
    for task, accuracy in run.curve[-1].accuracy.items():
        low, high = min(end[task] for end in recorded), max(end[task] for end in recorded)
        where = "in" if low - 0.02 <= accuracy <= high + 0.02 else "outside"
        parts.append(f"the {task} is {where} the recorded {low:.0%} to {high:.0%}")
    return f"Give or take two points, {' and '.join(parts)}."


def _mean(rows: Rows, column: str) -> float:
    return float(np.mean([row[column] for row in rows]))
