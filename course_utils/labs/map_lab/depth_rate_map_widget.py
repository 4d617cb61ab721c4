"""The map of depth and rate as a widget: every control of the page is a trait."""

from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.fine_tuning_lab import FineTuningLab
from course_utils.labs.kit.page_lab import style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import TrainingExperiment, experiment, recording
from course_utils.labs.map_lab.depth_rate_map import STEPS, STYLES, TASKS, MapSetting, best, page_data

_SETTING = tuple(field.name for field in fields(MapSetting))
_START = MapSetting()
_PANELS = {f"validation_{task}": f"{task}, validation pictures" for task in TASKS}


class DepthRateMap(FineTuningLab):
    """Plant a flag in the best cell, reveal the map, replay any cell's recorded run or run it for real.

    Attributes:
        blocks, learning_rate, seed: of the run that is open beside the map; see ``MapSetting``.
        task: whose accuracy the map shows, ``target`` or ``source``.
        guess: blocks and rate of the cell with the learner's flag; None until it is planted.
        revealed: whether the learner sees the map.
        step: how far the recording is shown, in optimizer steps.
    """

    name = "depth-rate-map"
    _esm = bundle(Path(__file__).with_name("map_widget.js"))
    _css = style_sheet(*STYLES)

    blocks = traitlets.Int(_START.blocks).tag(sync=True)
    learning_rate = traitlets.Float(_START.learning_rate).tag(sync=True)
    seed = traitlets.Int(_START.seed).tag(sync=True)
    task = traitlets.Unicode(TASKS[0]).tag(sync=True)
    guess = traitlets.Tuple(traitlets.Int(), traitlets.Float(), default_value=None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(STEPS).tag(sync=True)

    def __init__(
        self, rows: Rows, missing: str = "", make: Callable[[int | None], TrainingExperiment] = experiment
    ) -> None:
        self._rows = rows
        super().__init__(make, page_data(rows, missing))

    @property
    def setting(self) -> MapSetting:
        """What the traits ask for."""
        return MapSetting(**{name: getattr(self, name) for name in _SETTING})

    def still(self) -> Picture:
        chosen = best(self._rows) if self._rows else None
        return figures.depth_rate_map(
            self._rows, panels=_PANELS, chosen=chosen, title="Depth and rate on the scans, in percent"
        )

    @traitlets.validate(*_SETTING)
    def _one_of_the_controls(self, proposal: Any) -> Any:
        changed: dict[str, Any] = {proposal["trait"].name: proposal["value"]}
        replace(_START, **changed)  # raises if no control has the value
        return proposal["value"]

    @traitlets.validate("task")
    def _one_of_the_tasks(self, proposal: Any) -> Any:
        one_of("task", proposal["value"], TASKS)
        return proposal["value"]

    @traitlets.validate("step")
    def _within_the_run(self, proposal: Any) -> Any:
        one_of("step", proposal["value"], range(STEPS + 1))
        return proposal["value"]

    @traitlets.validate("guess")
    def _a_cell(self, proposal: Any) -> Any:
        if (cell := proposal["value"]) is not None:
            replace(_START, blocks=cell[0], learning_rate=cell[1])  # raises if the map has no such cell
        return cell


def depth_rate_map() -> DepthRateMap:
    """Plant a flag in the cell you expect to be best, reveal the map, replay any cell's run or run it for real."""
    return DepthRateMap(*recording("map-scans"))
