"""The state of lesson 03's map lab: a cell of depth and rate, a guess at the best one, and what the map says."""

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
        blocks, learning_rate: the selected cell.
        seed: of its run.
        guess_blocks, guess_rate: the learner's guess at the best cell.
        revealed: whether the learner has seen the map.
        step: the replay's position.
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
        one_of("'revealed' value", self.revealed, (False, True))
        one_of("step", self.step, STEPS)

    @property
    def cell(self) -> Cell:
        """The selected cell."""
        return self.blocks, self.learning_rate

    @property
    def guess(self) -> Cell | None:
        """The learner's guess at the best cell."""
        if self.guess_blocks is None or self.guess_rate is None:
            return None
        return self.guess_blocks, self.guess_rate

    def at(self, **place: Any) -> "MapState":
        """Return the state for another cell or seed, at the start of its run."""
        return replace(self, **place, step=0)

    def guessed(self) -> "MapState":
        """Return the state with the selected cell as the guess."""
        return replace(self, guess_blocks=self.blocks, guess_rate=self.learning_rate)


def cells(rows: Rows) -> dict[Cell, list[Mapping[str, Any]]]:
    """Return the rows of every cell, one row per seed."""
    grouped: dict[Cell, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["blocks"], row["learning_rate"]), []).append(row)
    return dict(sorted(grouped.items()))


def best(rows: Rows) -> Cell:
    """Return the cell with the highest mean validation accuracy on the target."""
    grouped = cells(rows)
    return max(grouped, key=lambda cell: _mean(grouped[cell], "validation_target"))


def recorded_run(rows: Rows, state: MapState) -> RunProgress | None:
    """Return the recorded run of the state's cell and seed; None if there is none."""
    for row in cells(rows).get(state.cell, []):
        if row["seed"] == state.seed:
            return from_recording(row, named(state.cell))
    return None


def named(cell: Cell) -> str:
    """Return a cell, in words."""
    return f"{cell[0]} blocks at {scientific(cell[1])}"


def verdict(rows: Rows, guess: Cell | None) -> str:
    """Compare the guessed cell with the best one."""
    grouped, top = cells(rows), best(rows)

    def told(cell: Cell) -> str:
        target, source = (_mean(grouped[cell], f"validation_{task}") for task in ("target", "source"))
        return f"{named(cell)}: target {target:.1%}, source {source:.1%}, on validation pictures"

    if guess is None or guess not in grouped:
        return f"You did not mark a cell as your guess. The best is {told(top)}."
    if guess == top:
        return f"You found the best cell. {told(top)}."
    behind = 100 * (_mean(grouped[top], "validation_target") - _mean(grouped[guess], "validation_target"))
    return f"Your guess was {told(guess)}. The best is {told(top)}: {behind:.1f} points more on the target."


def compared(rows: Rows, cell: Cell, run: RunProgress) -> str:
    """Compare the end of a live run with the recorded runs of its cell."""
    recorded = [from_recording(row, "").curve[-1].accuracy for row in cells(rows).get(cell, [])]
    if not recorded:
        return "This cell was not recorded."
    parts = []
    for task, accuracy in run.curve[-1].accuracy.items():
        low, high = min(end[task] for end in recorded), max(end[task] for end in recorded)
        where = "in" if low - 0.02 <= accuracy <= high + 0.02 else "outside"
        parts.append(f"the {task} is {where} the recorded {low:.0%} to {high:.0%}")
    return f"Give or take two points, {' and '.join(parts)}."


def _mean(rows: Rows, column: str) -> float:
    return float(np.mean([row[column] for row in rows]))
