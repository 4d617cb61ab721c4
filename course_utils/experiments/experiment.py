"""An experiment that is too long for a lesson: a list of cells that can be run one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

#: What a cell varies, such as ``{"labels": 5, "seed": 0}``.
ExperimentCell = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Experiment:
    """Cells, and the function that measures one of them: a row, or several from a single run.

    ``accuracies`` names the columns that a run on another machine should reproduce within the band of the seeds.
    """

    cells: tuple[ExperimentCell, ...]
    measure: Callable[[ExperimentCell], list[Row]]
    accuracies: tuple[str, ...]
