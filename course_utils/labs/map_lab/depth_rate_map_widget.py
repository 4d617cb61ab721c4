"""The map of depth and rate as a widget: every control of the page is a trait."""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.state_codes import one_of
from course_utils.labs.kit.training import RunProgress, TrainingExperiment, experiment, fine_tune, recording
from course_utils.labs.map_lab.depth_rate_map import STEPS, STYLES, TASKS, MapSetting, best, page_data

_SETTING = tuple(field.name for field in fields(MapSetting))
_START = MapSetting()
_PANELS = {f"validation_{task}": f"{task}, validation pictures" for task in TASKS}


class DepthRateMap(PageLab):
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
        self._rows, self._make, self._warm, self._running = rows, make, False, _START
        super().__init__(data=page_data(rows, missing))

    @property
    def setting(self) -> MapSetting:
        """What the traits ask for."""
        return MapSetting(**{name: getattr(self, name) for name in _SETTING})

    def work(self) -> tuple[Work, str]:
        setting = self.setting
        train = fine_tune(lambda: self._make(None), setting.recipe(), setting.seed, setting.name())

        def work(control: Control) -> Iterator[RunProgress]:
            self._running = setting  # only now: a start may be refused
            yield from train(control)

        return work, setting.name()

    def run_data(self, run: RunProgress) -> dict[str, Any]:
        return {
            "setting": asdict(self._running),
            "total": STEPS,
            "curve": [[point.step, point.accuracy["target"], point.accuracy["source"]] for point in run.curve],
        }

    def default(self) -> Picture:
        """Return the map, with a frame around its best cell."""
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

    @traitlets.observe(*_SETTING, "guess")
    def _get_ready(self, _: object) -> None:
        """Prepare the network at the first change, while the learner thinks."""
        if self._warm:
            return
        self._warm = True

        def prepare() -> None:
            with suppress(Exception):  # the first run will meet the same problem and report it
                self._make(None)

        threading.Thread(target=prepare, daemon=True).start()


def depth_rate_map() -> DepthRateMap:
    """Plant a flag in the cell you expect to be best, reveal the map, replay any cell's run or run it for real."""
    return DepthRateMap(*recording("map-scans"))
