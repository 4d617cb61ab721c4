"""The measured grid: tasks of rising distance x label budgets x strategies x seeds, put together from recordings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.errors import CourseError
from course_utils.experiments.recordings import recorded
from course_utils.experiments.strategies import LAST, RANDOM, STRATEGIES

#: What the advisor knows, from what looks near to what looks far; and two tasks that it has never seen.
GRID_TASKS = ("shapes", "digits", "photo-textures", "tissue")
HELD_OUT_TASKS = ("faces", "scans")


@dataclass(frozen=True)
class GridCell:
    """One task with one label budget.

    Attributes:
        task, labels: which; the labels are per class.
        head_start: by how many points the pretrained network's features beat those of random networks on validation
            pictures: what pretraining is worth here, before anything but a probe is trained.
        accuracies, validation: by strategy, the accuracy (0..1) of every seed on test and on validation pictures.
        multiplications: by strategy, what it costs.
    """

    task: str
    labels: int
    head_start: float
    accuracies: Mapping[str, Sequence[float]]
    validation: Mapping[str, Sequence[float]]
    multiplications: Mapping[str, float]

    def mean(self, strategy: str) -> float:
        """Return a strategy's mean accuracy, 0..1."""
        return float(np.mean(self.accuracies[strategy]))

    def regret(self, strategy: str) -> float:
        """Return how many points a strategy is behind the best one, by their means; 0 for the best."""
        return 100 * (max(map(self.mean, STRATEGIES)) - self.mean(strategy))

    def regret_by_validation(self, shortlist: Sequence[str]) -> float:
        """Return the mean regret of who tries a few strategies and takes the best on validation pictures, seed by seed.

        Of two that are alike, the first is taken. Choosing for every seed can be better than the best strategy for all
        of them, and the regret a little below 0.
        """
        best = np.argmax([self.validation[strategy] for strategy in shortlist], axis=0)
        taken = np.choose(best, [self.accuracies[strategy] for strategy in shortlist])
        return 100 * (max(map(self.mean, STRATEGIES)) - float(taken.mean()))


def strategy_rows(*tasks: str) -> list[dict[str, Any]]:
    """Return the recorded runs of all strategies and the control, one row per task, strategy, budget and seed.

    Args:
        tasks: of ``GRID_TASKS`` and ``HELD_OUT_TASKS``.

    Returns:
        Rows with ``task``, ``strategy``, ``labels`` (per class), ``seed``, ``chosen``, ``validation`` and ``accuracy``
        (test), both 0..1, and ``multiplications``, as ``Strategies.run`` describes them.

    Raises:
        CourseError: an unknown task, or a recording that is missing or damaged.
    """
    known = (*GRID_TASKS, *HELD_OUT_TASKS)
    for task in tasks:
        if task not in known:
            raise CourseError(f"tasks names {task!r}, which the grid doesn't have; choose from {', '.join(known)}.")
    return [{"task": task, **row} for task in tasks for row in recorded(f"strategies-{task}")]


def grid_cells(*tasks: str) -> list[GridCell]:
    """Return the cells of some tasks, in their order and by rising budget; the arguments and errors of
    ``strategy_rows``."""
    grouped: dict[tuple[str, int], dict[str, list[dict[str, Any]]]] = {}
    for row in strategy_rows(*tasks):
        grouped.setdefault((row["task"], row["labels"]), {}).setdefault(row["strategy"], []).append(row)
    cells = []
    for (task, labels), by_strategy in sorted(grouped.items(), key=lambda item: (tasks.index(item[0][0]), item[0][1])):
        last, random = (np.mean([row["validation"] for row in by_strategy[name]]) for name in (LAST, RANDOM))
        ordered = {s: sorted(by_strategy[s], key=lambda row: row["seed"]) for s in STRATEGIES}
        cells.append(
            GridCell(
                task,
                labels,
                100 * float(last - random),
                {s: [row["accuracy"] for row in found] for s, found in ordered.items()},
                {s: [row["validation"] for row in found] for s, found in ordered.items()},
                {s: float(np.mean([row["multiplications"] for row in found])) for s, found in ordered.items()},
            )
        )
    return cells
