"""The lab twenty trials as a widget: every control of the page is a trait."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import SWEEP_GRID, Sweep, recorded
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.search_lab.twenty_trials import BUDGET, STYLES, TABLE, TASKS, page_data

_START = TABLE["start"]
_AXES = tuple(TABLE["axes"])


class TwentyTrials(PageLab):
    """Choose six hyperparameters, try, and after at most twenty trials reveal what your winner is worth.

    Attributes:
        task: which of the two sweeps.
        learning_rate, batch_size, weight_decay, width, augment, blocks: the place of the value, counted from 0.
        tried: the numbers of the settings that were tried, in order.
        guess: the percentage that the learner expects when the winner is trained again; None before.
        revealed: whether the learner sees it.
    """

    name = "twenty-trials"
    _esm = bundle(Path(__file__).with_name("search_widget.js"))
    _css = style_sheet(*STYLES)

    task = traitlets.Unicode(_START["task"]).tag(sync=True)
    learning_rate = traitlets.Int(_START["learning_rate"]).tag(sync=True)
    batch_size = traitlets.Int(_START["batch_size"]).tag(sync=True)
    weight_decay = traitlets.Int(_START["weight_decay"]).tag(sync=True)
    width = traitlets.Int(_START["width"]).tag(sync=True)
    augment = traitlets.Int(_START["augment"]).tag(sync=True)
    blocks = traitlets.Int(_START["blocks"]).tag(sync=True)
    tried = traitlets.List(traitlets.Int(min=0), maxlen=BUDGET).tag(sync=True)
    guess = traitlets.Int(default_value=None, allow_none=True, min=0, max=100).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, sweeps: Mapping[str, Sweep], searches: Sequence[Mapping[str, Any]], missing: str = "") -> None:
        self._sweeps = sweeps
        super().__init__(data=page_data(sweeps, searches, missing))

    def work(self) -> tuple[Work, str]:
        """Refuse: the lab replays recorded runs only.

        Raises:
            CourseError: always.
        """
        raise CourseError("This lab replays recorded runs. Run one with experiments.measure_setting(task, cell).")

    def still(self) -> Picture:
        runs = [row for task, sweep in self._sweeps.items() for row in sweep.rows(task=task)]
        return figures.line_chart(
            [{**row, "accuracy": row["validation"]} for row in runs],
            x="learning_rate",
            y="accuracy",
            by="task",
            x_label="learning rate",
            y_label="validation accuracy",
            title="Every setting of the sweep: mean, and the range, by learning rate",
            log_x=True,
        )

    @traitlets.validate("task")
    def _a_task(self, proposal: Any) -> Any:
        one_of("task", proposal["value"], TASKS)
        return proposal["value"]

    @traitlets.validate(*_AXES)
    def _a_place(self, proposal: Any) -> Any:
        name = proposal["trait"].name
        one_of(name.replace("_", " "), proposal["value"], tuple(range(len(SWEEP_GRID[name]))))
        return proposal["value"]


def twenty_trials() -> TwentyTrials:
    """Choose six hyperparameters, try, and after at most twenty trials reveal what your winner is worth."""
    try:
        sweeps = {task: Sweep(recorded(f"sweep-{task}")) for task in TASKS}
        return TwentyTrials(sweeps, recorded("searches"))
    except CourseError as problem:  # a recording is missing or damaged
        return TwentyTrials({}, [], str(problem))
