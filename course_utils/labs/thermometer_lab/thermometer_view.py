"""The forgetting thermometer on the page."""

from collections.abc import Callable
from dataclasses import replace

import ipywidgets

from course_utils.experiments import LORA_RANK, REMEDIES, FineTuning, remedy
from course_utils.figures import Picture
from course_utils.labs.kit.chart import Line, curves
from course_utils.labs.kit.controls import Announcement, GuessMenu, Replay, button, choice, number, row
from course_utils.labs.kit.lab import Lab
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.training import experiment, recording
from course_utils.labs.kit.training_view import MARKS, FineTuningView
from course_utils.labs.thermometer_lab.thermometer import (
    ALARM,
    DIALS,
    GUESSES,
    SEEDS,
    STEPS,
    RecordedRuns,
    ThermometerState,
    dial,
    setting,
)


class ThermometerView(FineTuningView[ThermometerState]):
    """Method, dial and seed; a guess and its reveal; the replay; live runs."""

    name, kind = "thermometer", ThermometerState

    def __init__(
        self, recorded: RecordedRuns, missing: str = "", make: Callable[[int | None], FineTuning] = experiment
    ) -> None:
        super().__init__(ThermometerState(), make)
        self.recorded, self.missing = recorded, missing
        self.method = choice("Method", list(DIALS), self.state.method)
        self.dial = choice("Dial", [""], "")
        self.seed = number("Seed of live runs", 0, SEEDS[0], SEEDS[-1])
        self.guess = GuessMenu("Your guess: the last step in the green", [(str(step), step) for step in GUESSES])
        self.reveal = button("Reveal", self._reveal)
        self.replay = Replay("Step", self._go_to, self.live)
        self.reading, self.picture = Announcement(), ipywidgets.HTML()
        self.on(self.method, ThermometerState.with_method)
        self.on(self.dial, ThermometerState.with_value)
        self.on(self.seed, lambda state, seed: replace(state, seed=seed))
        self.on(self.guess, lambda state, _: replace(state, guess=self.guess.guess))
        self.widget = ipywidgets.VBox(
            [
                row(self.method, self.dial, self.seed),
                row(self.guess, self.reveal),
                self.replay,
                row(self.buttons, self.progress),
                self.said,
                self.reading,
                self.picture,
                self.state_row(),
            ]
        )
        self.show(self.state)
        self.said.say(missing or "At which step would you stop, so that the old task keeps 90 % of what it had?")

    def work(self) -> tuple[Work, str]:
        state = self.state
        rank = LORA_RANK if state.method == "lora" else None
        return self.fine_tuned(remedy(state.method, state.value), state.seed, setting(state), rank), setting(state)

    def draw(self) -> None:
        state = self.state
        steps = self.recorded.steps(state)
        self.method.value = state.method
        self.dial.options = [(dial(state.method, value), value) for value in REMEDIES[state.method]]
        self.dial.value, self.seed.value, self.guess.guess = state.value, state.seed, state.guess
        self.replay.set(steps if state.revealed else [], sum(step <= state.step for step in steps[1:]))
        self.reveal.disabled = not steps
        self.reading.say(self.recorded.sentence(state))
        self.draw_runs()

    def draw_runs(self) -> None:
        state = self.state
        lines = [
            Line(
                f"{task}, recorded",
                [(step, mean) for step, mean, _, _ in self.recorded.band(state, task)],
                MARKS[f"{task}, recorded"],
                band=[(step, low, high) for step, _, low, high in self.recorded.band(state, task)],
            )
            for task in ("target", "source")
            if self.recorded.steps(state)
        ]
        self.picture.value = curves(
            [*lines, *self.lines(state.seed)],
            title=f"Forgetting thermometer: {setting(state)}",
            alt=f"Validation accuracy on both tasks against optimizer steps. {self.recorded.sentence(state)}",
            x_label="optimizer steps",
            x_end=remedy(state.method, state.value).steps,
            level=("90 % of the source is left", ALARM * self.recorded.intact) if self.recorded.rows else None,
            marked=("your guess", state.guess) if state.guess is not None else None,
        )

    def default(self) -> Picture:
        """Return the recorded run of the first setting, to its end."""
        return self.recorded.picture(replace(ThermometerState(), step=STEPS[-1]))

    def _reveal(self) -> None:
        self.go(lambda state: state.revealed_at(self.recorded.steps(state)[-1]))
        self.said.say(self.recorded.verdict(self.state))

    def _go_to(self, place: int) -> None:
        self.go(lambda state: replace(state, step=self.recorded.steps(state)[place]))


def forgetting_thermometer() -> Lab:
    """Choose a method and its dial, guess, reveal, replay the recorded runs, and run the setting for real."""
    rows, missing = recording("remedies-scans")
    view = ThermometerView(RecordedRuns(rows), missing)
    return Lab(view)
