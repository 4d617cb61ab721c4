"""The forgetting thermometer of lesson 04: step through a recorded run, with the old task beside the new one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets
import numpy as np

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.labs.lab import Lab, shown
from course_utils.transfer import recorded

Rows = Sequence[dict[str, Any]]

#: The lab turns red when less than this share of the first source accuracy is left.
ALARM = 0.9
#: What the dial of each method is called.
DIALS = {
    "plain": "learning rate",
    "freezing": "blocks thawed",
    "rehearsal": "share of old pictures",
    "l2-sp": "strength",
    "ewc": "strength",
    "lora": "learning rate",
}


@dataclass(frozen=True)
class Setting:
    """What the lab shows: a method, the place of its dial, and the step that the replay has reached."""

    method: str
    value: float
    step: int


class Thermometer:
    """Recorded runs with their curves; what they show is decided by a ``Setting`` alone.

    Args:
        rows: with ``method``, ``setting``, ``seed`` and ``curve``, a list of ``step``, ``target`` and ``source``
            (0..1); rows without a curve are left out.

    Raises:
        CourseError: no row has a curve.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = [row for row in rows if row["curve"]]
        if not self.rows:
            raise CourseError("None of the recorded runs has a curve to replay.")
        self.dials: dict[str, list[float]] = {}
        for row in self.rows:
            values = self.dials.setdefault(row["method"], [])
            if row["setting"] not in values:
                values.append(row["setting"])

    def start(self) -> Setting:
        """The first method at the middle of its dial, at its last step: there is something to see."""
        method = next(iter(self.dials))
        value = self.dials[method][len(self.dials[method]) // 2]
        return Setting(method, value, self.steps(method, value)[-1])

    def steps(self, method: str, value: float) -> list[int]:
        """The steps at which both tasks were measured."""
        return sorted({point["step"] for row in self._runs(method, value) for point in row["curve"]})

    def reading(self, setting: Setting) -> dict[str, float]:
        """Both accuracies at the setting's step, 0..1, as means over the seeds."""
        points = [
            point
            for row in self._runs(setting.method, setting.value)
            for point in row["curve"]
            if point["step"] == setting.step
        ]
        if not points:
            raise CourseError(f"step={setting.step} was not measured for {setting.method} at {setting.value:g}.")
        return {task: float(np.mean([point[task] for point in points])) for task in ("source", "target")}

    def intact(self) -> float:
        """The highest source accuracy of any recorded step, as a mean over seeds: what there is to lose."""
        return max(
            self.reading(Setting(method, value, step))["source"]
            for method, values in self.dials.items()
            for value in values
            for step in self.steps(method, value)
        )

    def last_good_step(self, method: str, value: float) -> int | None:
        """The last step before the source falls below the alarm for the first time; None if the first one is below."""
        good = None
        for step in self.steps(method, value):
            if self.reading(Setting(method, value, step))["source"] < ALARM * self.intact():
                return good
            good = step
        return good

    def sentence(self, setting: Setting) -> str:
        """What the thermometer reads, in words; the alarm is said, not only shown."""
        now = self.reading(setting)
        kept = now["source"] / self.intact()
        green = self.last_good_step(setting.method, setting.value)
        alarm = "Still in the green."
        if kept < ALARM:
            earlier = "at the first measurement already: turn the dial" if green is None else f"after step {green}"
            alarm = f"In the red, {earlier}."
        return (
            f"Step {setting.step}: target {now['target']:.0%}, source {now['source']:.0%}, "
            f"{kept:.0%} of what it was. {alarm}"
        )

    def picture(self, setting: Setting) -> Picture:
        """Both accuracies up to the setting's step, with a band over the seeds."""
        rows = [
            {"step": point["step"], "task": task, "accuracy": point[task]}
            for row in self._runs(setting.method, setting.value)
            for point in row["curve"]
            if point["step"] <= setting.step
            for task in ("source", "target")
        ]
        dial = DIALS.get(setting.method, "setting")
        return figures.line_chart(
            rows,
            x="step",
            y="accuracy",
            by="task",
            x_label="optimizer steps",
            y_label="validation accuracy",
            title=f"Forgetting thermometer: {setting.method}, {dial} {setting.value:g}",
        )

    def _runs(self, method: str, value: float) -> Rows:
        return [row for row in self.rows if row["method"] == method and row["setting"] == value]


def forgetting_thermometer() -> Lab:
    """Choose a method and its dial, and replay the recorded run step by step; every control works from the keyboard."""
    thermometer = Thermometer(recorded("remedies-scans"))
    first = thermometer.start()
    default = thermometer.picture(first)
    method = ipywidgets.Dropdown(options=list(thermometer.dials), value=first.method, description="Method")
    dial = ipywidgets.SelectionSlider(
        options=_labelled(thermometer.dials[first.method]), value=first.value, description="Dial", readout=True
    )
    steps = thermometer.steps(first.method, first.value)
    step = ipywidgets.SelectionSlider(options=steps, value=first.step, description="Step")
    place = ipywidgets.Play(value=len(steps) - 1, min=0, max=len(steps) - 1, interval=700, description="Replay")
    words, picture = ipywidgets.HTML(thermometer.sentence(first)), ipywidgets.HTML(shown(default))

    def show(_: object = None) -> None:
        setting = Setting(method.value, dial.value, step.value)
        words.value = thermometer.sentence(setting)
        picture.value = shown(thermometer.picture(setting))

    def change_dial(_: object = None) -> None:
        measured = thermometer.steps(method.value, dial.value)
        step.unobserve(show, "value")  # new options move the value: draw once, not twice
        step.options, step.value = measured, measured[-1]
        step.observe(show, "value")
        place.max = len(measured) - 1
        show()

    def change_method(_: object) -> None:
        values = thermometer.dials[method.value]
        dial.unobserve(change_dial, "value")
        dial.options, dial.value = _labelled(values), values[len(values) // 2]
        dial.description = "Dial"
        dial.observe(change_dial, "value")
        change_dial()

    def play(_: object) -> None:
        step.value = step.options[min(place.value, len(step.options) - 1)]

    method.observe(change_method, "value")
    dial.observe(change_dial, "value")
    step.observe(show, "value")
    place.observe(play, "value")
    controls = ipywidgets.HBox([method, dial, step, place], layout={"flex_flow": "row wrap"})
    return Lab(ipywidgets.VBox([controls, words, picture]), default)


def _labelled(values: list[float]) -> list[tuple[str, float]]:
    return [(f"{value:g}", value) for value in values]
