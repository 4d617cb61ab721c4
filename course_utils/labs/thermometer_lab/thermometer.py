"""The state of lesson 04's forgetting thermometer: a remedy and its dial, a guess, and what the recorded runs say."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import REMEDIES, band
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.figures.words import scientific
from course_utils.labs.kit.state_codes import one_of

#: The lab turns red when less than this share of the highest recorded source accuracy remains.
ALARM = 0.9
#: The name of each method's dial.
DIALS = {
    "plain": "learning rate",
    "freezing": "blocks thawed",
    "rehearsal": "share of old pictures",
    "l2-sp": "strength",
    "ewc": "strength",
    "lora": "learning rate",
}
SEEDS, STEPS, GUESSES = range(100), range(501), range(0, 141, 10)


@dataclass(frozen=True)
class ThermometerState:
    """Everything that decides what the lab shows, and what it runs.

    Attributes:
        method, value: a remedy of the recording, and the value of its dial.
        step: the replay's position.
        seed: of the live runs.
        guess: the learner's guess at the last step where the source keeps 90 % of its accuracy.
        revealed: whether the learner has seen a run to its end.
    """

    method: str = "plain"
    value: float = 1e-3
    step: int = 0
    seed: int = 0
    guess: int | None = None
    revealed: bool = False

    def __post_init__(self) -> None:
        one_of("method", self.method, DIALS)
        one_of(DIALS[self.method], self.value, REMEDIES[self.method])
        one_of("step", self.step, STEPS)
        one_of("seed", self.seed, SEEDS)
        one_of("guess", self.guess, (None, *GUESSES))
        one_of("'revealed' value", self.revealed, (False, True))

    def with_method(self, method: str) -> "ThermometerState":
        """Return the state for another method, at the middle of its dial and the start of its run."""
        one_of("method", method, DIALS)
        return replace(self, method=method, value=REMEDIES[method][len(REMEDIES[method]) // 2], step=0, guess=None)

    def with_value(self, value: float) -> "ThermometerState":
        """Return the state for another value of the dial, at the start of the run and without a guess."""
        return replace(self, value=value, step=0, guess=None)

    def revealed_at(self, last: int) -> "ThermometerState":
        """Return the state with the run revealed up to its last step."""
        return replace(self, revealed=True, step=last)


class RecordedRuns:
    """The recorded runs, and what they say about a state.

    Args:
        rows: with ``method``, ``setting``, ``seed`` and ``curve``, a list of ``step``, ``target`` and ``source``
            (0..1); rows without a curve are ignored. There may be no rows.
    """

    def __init__(self, rows: Rows) -> None:
        self.rows = [row for row in rows if row["curve"]]

    def steps(self, state: ThermometerState) -> list[int]:
        """Return the steps at which both tasks were measured; empty if nothing was recorded."""
        return sorted({point["step"] for row in self._runs(state) for point in row["curve"]})

    def band(self, state: ThermometerState, task: str) -> list[tuple[int, float, float, float]]:
        """Return (step, mean, lowest, highest accuracy over the seeds) for each measured step up to the state's."""
        values: dict[int, list[float]] = {}
        for row in self._runs(state):
            for point in row["curve"]:
                values.setdefault(point["step"], []).append(point[task])
        reached = [step for step in sorted(values) if step <= state.step] or sorted(values)[:1]
        return [(step, *band(values[step])) for step in reached]

    @cached_property
    def intact(self) -> float:
        """The highest source accuracy at any recorded step, as a mean over seeds.

        Raises:
            CourseError: nothing was recorded.
        """
        if not self.rows:
            raise CourseError("None of the recorded runs has a curve to replay.")
        settings: dict[tuple[str, float, int], list[float]] = {}
        for row in self.rows:
            for point in row["curve"]:
                settings.setdefault((row["method"], row["setting"], point["step"]), []).append(point["source"])
        return max(float(np.mean(values)) for values in settings.values())

    def last_good_step(self, state: ThermometerState) -> int | None:
        """Return the last step before the source first falls below the alarm; None if the first step is below."""
        good = None
        for step, mean, _, _ in self.band(replace(state, step=STEPS[-1]), "source"):
            if mean < ALARM * self.intact:
                return good
            good = step
        return good

    def sentence(self, state: ThermometerState) -> str:
        """Return the thermometer's reading in words, alarm included."""
        if not self.steps(state):
            return "Nothing was recorded for this setting. Run it for real."
        step, target = self.band(state, "target")[-1][:2]
        source = self.band(state, "source")[-1][1]
        kept = source / self.intact
        green = self.last_good_step(state)
        alarm = "Still in the green."
        if kept < ALARM:
            earlier = "already at the first measurement: turn the dial" if green is None else f"after step {green}"
            alarm = f"In the red, {earlier}."
        return f"Step {step}: target {target:.0%}, source {source:.0%}, {kept:.0%} of what it was. {alarm}"

    def verdict(self, state: ThermometerState) -> str:
        """Compare the guess with what happened."""
        good, steps = self.last_good_step(state), self.steps(state)
        if good is None:
            happened = "the source was already in the red at the first measurement"
        elif good == steps[-1]:
            happened = "the source stayed in the green to the end"
        else:
            happened = f"the source was in the green up to step {good}"
        if state.guess is None:
            return f"You made no guess; {happened}. Guess before the next run: a surprise is easier to remember."
        late = min(state.guess, steps[-1]) - (good or 0)  # a guess after the end of the run counts as its end
        close = (
            "You saw it coming."
            if abs(late) <= 10
            else f"That is {abs(late)} steps {'later' if late > 0 else 'earlier'}."
        )
        return f"You would have stopped at step {state.guess}; {happened}. {close}"

    def picture(self, state: ThermometerState) -> Picture:
        """Return both accuracies up to the state's step, with a band over the seeds, as a static picture."""
        rows = [
            {"step": point["step"], "task": task, "accuracy": point[task]}
            for row in self._runs(state)
            for point in row["curve"]
            if point["step"] <= state.step
            for task in ("source", "target")
        ]
        return figures.line_chart(
            rows,
            x="step",
            y="accuracy",
            by="task",
            x_label="optimizer steps",
            y_label="validation accuracy",
            title=f"Forgetting thermometer: {setting(state)}",
        )

    def _runs(self, state: ThermometerState) -> Rows:
        return [row for row in self.rows if row["method"] == state.method and row["setting"] == state.value]


def dial(method: str, value: float) -> str:
    """Return a value of a method's dial, in words."""
    return f"{DIALS[method]} {scientific(value) if DIALS[method] == 'learning rate' else f'{value:g}'}"


def setting(state: ThermometerState) -> str:
    """Return a state's setting, in words."""
    return f"{state.method}, {dial(state.method, state.value)}"
