"""The strategy map as a widget: every control of the page is a trait."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import GRID_TASKS, STRATEGIES, GridCell, grid_cells
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.strategy_lab.strategy_map import HEAD_STARTS, LABELS, STYLES, TABLE, page_data

_START = TABLE["start"]


class StrategyMap(PageLab):
    """Set labels and head start, choose a strategy, and reveal what the nearest measured cells say.

    Attributes:
        labels: per class.
        head_start: points that the pretrained features are ahead of random ones.
        guess: the strategy that the learner would take; empty until one is chosen.
        revealed: whether the learner sees the answers.
    """

    name = "strategy-map"
    _esm = bundle(Path(__file__).with_name("strategy_widget.js"))
    _css = style_sheet(*STYLES)

    labels = traitlets.Int(_START["labels"]).tag(sync=True)
    head_start = traitlets.Int(_START["head_start"]).tag(sync=True)
    guess = traitlets.Unicode(default_value=None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, cells: Sequence[GridCell], missing: str = "") -> None:
        self._cells = cells
        super().__init__(data=page_data(cells, missing))

    def work(self) -> tuple[Work, str]:
        """Refuse: the lab shows recorded runs only.

        Raises:
            CourseError: always.
        """
        raise CourseError("The strategy map shows recorded runs. Run one with experiments.Strategies(task).run(...).")

    def still(self) -> Picture:
        points = [
            {
                "task": cell.task,
                "labels": cell.labels,
                "head_start": cell.head_start,
                "best": min(STRATEGIES, key=cell.regret),
            }
            for cell in self._cells
        ]
        return figures.strategy_map(points, title="The best strategy of every measured cell")

    @traitlets.validate("labels")
    def _a_stop(self, proposal: Any) -> Any:
        one_of("number of labels", proposal["value"], LABELS)
        return proposal["value"]

    @traitlets.validate("head_start")
    def _a_head_start(self, proposal: Any) -> Any:
        one_of("head start", proposal["value"], HEAD_STARTS)
        return proposal["value"]

    @traitlets.validate("guess")
    def _a_strategy(self, proposal: Any) -> Any:
        if proposal["value"] is not None:
            one_of("strategy", proposal["value"], STRATEGIES)
        return proposal["value"]


def strategy_map() -> StrategyMap:
    """Set labels and head start, choose a strategy, and reveal what the nearest measured cells say."""
    try:
        return StrategyMap(grid_cells(*GRID_TASKS))
    except CourseError as problem:  # a recording is missing or damaged
        return StrategyMap([], str(problem))
