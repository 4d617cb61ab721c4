"""The freeze lab on the page."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import ipywidgets
import keras

from course_utils import figures
from course_utils.backbones import load_backbone
from course_utils.experiments import RATES, FineTuning
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.labs.freezing_lab.freeze_lab import (
    BATCHNORMS,
    BLOCKS,
    EPOCHS,
    GUESSES,
    HEADS,
    SEEDS,
    STEPS,
    FreezeState,
    recorded_run,
    sentence,
    verdict,
)
from course_utils.labs.kit.chart import curves
from course_utils.labs.kit.controls import Announcement, GuessMenu, Replay, button, choice, number, rates, row
from course_utils.labs.kit.lab import Lab
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.strip import NetworkStrip
from course_utils.labs.kit.training import RunProgress, experiment, recording
from course_utils.labs.kit.training_view import FineTuningView, recorded_lines
from course_utils.transfer import trainable_summary, unfreeze_top

_QUESTION = (
    "Lock blocks and choose a rate. Which source accuracy will be left after the run? Guess, then reveal or run."
)


@cache
def _network() -> keras.Model:
    """Return a backbone for counting weights; no run trains it, so its weights are not loaded."""
    return load_backbone("embedded", weights=None)


@cache
def weights(thawed: int, batchnorm: str) -> tuple[int, int]:
    """Return how many of the backbone's weights train, and how many it has."""
    network = _network()
    unfreeze_top(network, thawed)
    for layer in network.layers:
        if batchnorm == "training" and isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
    trainable, frozen = trainable_summary(network)
    return trainable, trainable + frozen


class FreezeLabView(FineTuningView[FreezeState]):
    """The network strip and the settings; a guess and its reveal; the replay; live runs."""

    name, kind = "freeze-lab", FreezeState

    def __init__(self, rows: Rows, missing: str = "", make: Callable[[int | None], FineTuning] = experiment) -> None:
        super().__init__(FreezeState(), make)
        state, self.rows = self.state, rows
        self.strip = NetworkStrip(BLOCKS)
        self.rate = choice("Rate", rates(RATES), state.learning_rate)
        self.epochs = number("Epochs", state.epochs, EPOCHS[0], EPOCHS[-1])
        self.head = choice("Head starts from", [("a probe", HEADS[0]), ("nothing", HEADS[1])], state.head)
        self.batchnorm = choice("BatchNorm in mode", BATCHNORMS, state.batchnorm)
        self.seed = number("Seed", state.seed, SEEDS[0], SEEDS[-1])
        self.guess = GuessMenu("Your guess: source accuracy after the run", [(f"{n} %", n) for n in GUESSES])
        self.reveal = button("Reveal", self._reveal)
        self.replay = Replay("Step", self._go_to, self.live)
        self.reading, self.picture = Announcement(), ipywidgets.HTML()
        self.strip.observe(lambda event: self.go(lambda state: state.with_locked(event["new"])), "locked")
        self.on(self.rate, lambda state, rate: state.changed(learning_rate=rate))
        self.on(self.epochs, lambda state, epochs: state.changed(epochs=epochs))
        self.on(self.head, lambda state, head: state.changed(head=head))
        self.on(self.batchnorm, lambda state, mode: state.changed(batchnorm=mode))
        self.on(self.seed, lambda state, seed: state.changed(seed=seed))
        self.on(self.guess, lambda state, _: replace(state, guess=self.guess.guess))
        self.widget = ipywidgets.VBox(
            [
                self.strip,
                row(self.rate, self.epochs, self.head, self.batchnorm, self.seed),
                row(self.guess, self.reveal),
                self.replay,
                row(self.buttons, self.progress),
                self.said,
                self.reading,
                self.picture,
                self.state_row(),
            ]
        )
        self.show(state)
        self.said.say(missing or _QUESTION)

    def work(self) -> tuple[Work, str]:
        state = self.state
        return self.fine_tuned(state.recipe(), state.seed, state.name()), state.name()

    def verdict(self, run: RunProgress) -> str:
        return verdict(run, self.state.guess)

    def draw(self) -> None:
        state, run = self.state, recorded_run(self.rows, self.state)
        self.rate.value, self.epochs.value, self.seed.value = state.learning_rate, state.epochs, state.seed
        self.head.value, self.batchnorm.value, self.guess.guess = state.head, state.batchnorm, state.guess
        self.strip.locked, self.strip.batchnorm = state.locked, state.batchnorm
        self.strip.set_trait("rates", [None if locked else state.learning_rate for locked in state.locked])
        self.strip.trainable, self.strip.total = weights(state.thawed, state.batchnorm)
        self.reveal.disabled = run is None
        steps = [point.step for point in run.curve] if run and state.revealed else []
        self.replay.set(steps, sum(step <= state.step for step in steps[1:]))
        self.reading.say(sentence(run, state))
        self.draw_runs()

    def draw_runs(self) -> None:
        state, run = self.state, recorded_run(self.rows, self.state)
        recorded = recorded_lines(run, state.step) if run else []
        live, _ = self.runs.get(state.seed, (None, None))
        moved = live.drift if live and live.drift else {}
        self.strip.drift = [moved.get(block, 0.0) for block in BLOCKS]
        self.picture.value = curves(
            [*recorded, *self.lines(state.seed)],
            title=f"Freeze lab: {state.name()}, seed {state.seed}",
            alt=f"Validation accuracy on both tasks against optimizer steps. {sentence(run, state)}",
            x_label="optimizer steps",
            x_end=state.recipe().steps,
        )

    def default(self) -> Picture:
        """Return the recorded run of the first setting, to its end."""
        run = recorded_run(self.rows, FreezeState())
        points = [
            {"step": point.step, "accuracy": accuracy, "task": task}
            for point in (run.curve if run else ())
            for task, accuracy in point.accuracy.items()
        ]
        return figures.line_chart(
            points,
            x="step",
            y="accuracy",
            by="task",
            x_label="optimizer steps",
            y_label="validation accuracy",
            title=f"Freeze lab: a recorded run, {FreezeState().name()}",
        )

    def _reveal(self) -> None:
        self.go(lambda state: replace(state, revealed=True, step=STEPS[-1]))
        run = recorded_run(self.rows, self.state)
        if run:
            self.said.say(verdict(run, self.state.guess))

    def _go_to(self, place: int) -> None:
        run = recorded_run(self.rows, self.state)
        if run:
            self.go(lambda state: replace(state, step=run.curve[place].step))


def freeze_lab() -> Lab:
    """Lock and unlock blocks, set rate, epochs, head, BatchNorm and seed; guess, replay, run for real, compare."""
    return Lab(FreezeLabView(*recording("map-scans")))
