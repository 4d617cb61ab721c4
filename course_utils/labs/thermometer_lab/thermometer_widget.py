"""The forgetting thermometer as a widget: every control of the page is a trait."""

from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import traitlets

from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.fine_tuning_lab import FineTuningLab
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.page_lab import style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import RunProgress, TrainingExperiment, experiment, recording
from course_utils.labs.thermometer_lab.thermometer import (
    AVERAGING,
    DIALS,
    STYLES,
    TABLE,
    ThermometerSetting,
    page_data,
)

_SETTING = tuple(field.name for field in fields(ThermometerSetting))
_START = ThermometerSetting()
_LAST = max(ThermometerSetting(method, value).end for method, values in DIALS.items() for value in values)


class ForgettingThermometer(FineTuningLab):
    """Play a run and stop it before the source is in the red; reveal the rest, compare methods, run it for real.

    Attributes:
        method, value, seed: of the run; see ``ThermometerSetting``. Another method turns its dial to a middle value.
        guess: where the learner would stop, in optimizer steps (percent of the way for WiSE-FT); None until then.
        revealed: whether the learner sees the whole run.
        step: how far the run is shown, in the units of ``guess``.
    """

    name = "forgetting-thermometer"
    _esm = bundle(Path(__file__).with_name("thermometer_widget.js"))
    _css = style_sheet(*STYLES)

    method = traitlets.Unicode(_START.method).tag(sync=True)
    value = traitlets.Float(_START.value).tag(sync=True)
    seed = traitlets.Int(_START.seed).tag(sync=True)
    guess = traitlets.Int(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(
        self, rows: Rows, missing: str = "", make: Callable[[int | None], TrainingExperiment] = experiment
    ) -> None:
        data = page_data(rows, missing)
        super().__init__(make, data, **data["start"])

    @property
    def setting(self) -> ThermometerSetting:
        """What the traits ask for."""
        return ThermometerSetting(**{name: getattr(self, name) for name in _SETTING})

    @property
    def lora_rank(self) -> int | None:
        return self.setting.lora_rank

    def work(self) -> tuple[Work, str]:
        if self.method == AVERAGING:
            return _refused, self.setting.name()
        return super().work()

    def still(self) -> Picture:
        return self.still_curve("Forgetting thermometer")

    @traitlets.validate("method")
    def _one_of_the_methods(self, proposal: Any) -> Any:
        one_of("method", proposal["value"], DIALS)
        return proposal["value"]

    @traitlets.validate("value")
    def _on_the_dial(self, proposal: Any) -> Any:
        ThermometerSetting(self.method, proposal["value"])  # raises if the dial has no such value
        return proposal["value"]

    @traitlets.validate("seed")
    def _one_of_the_seeds(self, proposal: Any) -> Any:
        ThermometerSetting(seed=proposal["value"])
        return proposal["value"]

    @traitlets.validate("guess", "step")
    def _within_a_run(self, proposal: Any) -> Any:
        name = proposal["trait"].name
        one_of(name, proposal["value"], (None, *range(_LAST + 1)) if name == "guess" else range(_LAST + 1))
        return proposal["value"]

    @traitlets.observe("method")
    def _turn_the_dial(self, _: object) -> None:
        if self.value not in DIALS[self.method]:
            self.value = TABLE["methods"][self.method]["start"]


def _refused(control: Control) -> Iterator[RunProgress]:
    raise CourseError(TABLE["words"]["no_run"])


def forgetting_thermometer() -> ForgettingThermometer:
    """Play a run, stop it before the source is in the red, reveal the rest, compare methods, run it for real."""
    return ForgettingThermometer(*recording("remedies-scans"))
