"""The freeze lab as a widget: every control of the page is a trait."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import traitlets

from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.freezing_lab.freeze_lab import BLOCKS, FreezeSetting, depth, locked_to, page_data
from course_utils.labs.kit.fine_tuning_lab import FineTuningLab
from course_utils.labs.kit.page_lab import style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import RunProgress, TrainingExperiment, experiment, recording

_SETTING = tuple(field.name for field in fields(FreezeSetting))
_START = FreezeSetting()


class FreezeLab(FineTuningLab):
    """Lock blocks, choose a rate, guess what is left of the source task, replay the recorded run or run it for real.

    Attributes:
        locked: by block, from the pictures to the heads, whether it is frozen.
        frozen: how many blocks are frozen without a gap, counted from the pictures; setting it locks these alone.
        learning_rate, epochs, head, batchnorm, seed: of the run; see ``FreezeSetting``.
        guess: the source's accuracy after the run, in percent; None until the learner guesses.
        revealed: whether the learner sees the recorded source.
        step: how far the recording is shown, in optimizer steps.
    """

    name = "freeze-lab"
    _esm = bundle(Path(__file__).with_name("freeze_widget.js"))
    _css = style_sheet()

    locked = traitlets.List(traitlets.Bool(), list(_START.locked)).tag(sync=True)
    frozen = traitlets.Int(depth(_START.locked))
    learning_rate = traitlets.Float(_START.learning_rate).tag(sync=True)
    epochs = traitlets.Int(_START.epochs).tag(sync=True)
    head = traitlets.Unicode(_START.head).tag(sync=True)
    batchnorm = traitlets.Unicode(_START.batchnorm).tag(sync=True)
    seed = traitlets.Int(_START.seed).tag(sync=True)
    guess = traitlets.Int(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, rows: Rows, missing: str = "", make: Callable[[int | None], TrainingExperiment] = experiment
    ) -> None:
        super().__init__(make, page_data(rows, missing))

    @property
    def setting(self) -> FreezeSetting:
        """What the traits ask for."""
        values = {name: getattr(self, name) for name in _SETTING}
        return FreezeSetting(**{**values, "locked": tuple(self.locked)})

    def run_data(self, run: RunProgress) -> dict[str, Any]:
        return super().run_data(run) | {
            "drift": [run.drift.get(block, 0.0) for block in BLOCKS] if run.drift else None,
        }

    def still(self) -> Picture:
        return self.still_curve("Freeze lab")

    def recorded_run(self) -> Mapping[str, Any] | None:
        """Return the recorded run whose beginning, or all, is what the traits ask for; None if there is none."""
        asked = {**asdict(self.setting), "locked": list(self.locked)}
        epochs = asked.pop("epochs")
        shared = self.data["recorded"]
        runs = (run for run in self.data["runs"] if asked.items() <= {**shared, **run}.items())
        return next(runs, None) if epochs <= shared["epochs"] else None

    @traitlets.validate(*_SETTING)
    def _one_of_the_controls(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        changed: dict[str, Any] = {name: tuple(value) if name == "locked" else value}
        replace(_START, **changed)  # raises if no control has the value
        return value

    @traitlets.validate("frozen")
    def _as_many_as_there_are(self, proposal: Any) -> Any:
        one_of("number of frozen blocks", proposal["value"], range(len(BLOCKS) + 1))
        return proposal["value"]

    @traitlets.validate("guess")
    def _in_percent(self, proposal: Any) -> Any:
        one_of("guess", proposal["value"], (None, *range(101)))
        return proposal["value"]

    @traitlets.observe("locked")
    def _count_frozen(self, _: object) -> None:
        self.frozen = depth(self.locked)

    @traitlets.observe("frozen")
    def _lock_first(self, event: dict[str, Any]) -> None:
        if event["new"] != depth(self.locked):
            self.locked = list(locked_to(event["new"]))


def freeze_lab() -> FreezeLab:
    """Lock blocks, set rate, epochs, head, BatchNorm and seed; guess, replay, run for real, compare."""
    return FreezeLab(*recording("map-scans"))
