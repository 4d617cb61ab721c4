"""The map of depth and rate on the page."""

from collections.abc import Callable
from dataclasses import replace

import ipywidgets

from course_utils import figures
from course_utils.experiments import RATES, FineTuning, Recipe
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.labs.kit.chart import curves
from course_utils.labs.kit.controls import Announcement, Replay, button, choice, number, rates, row
from course_utils.labs.kit.lab import Lab, shown
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.training import RunProgress, experiment, recording
from course_utils.labs.kit.training_view import FineTuningView, recorded_lines
from course_utils.labs.map_lab.depth_rate_map import (
    DEPTHS,
    SEEDS,
    MapState,
    best,
    compared,
    named,
    recorded_run,
    verdict,
)

_PANELS = {f"validation_{task}": f"{task}, validation pictures" for task in ("target", "source")}
_QUESTION = "Which cell is best on the target? Choose it, mark it as your guess, then reveal the map."


class MapView(FineTuningView[MapState]):
    """A cell; a guess at the best one, and the map; the replay of the cell's run; the cell run for real."""

    name, kind = "map", MapState

    def __init__(self, rows: Rows, missing: str = "", make: Callable[[int | None], FineTuning] = experiment) -> None:
        super().__init__(MapState(), make)
        state, self.rows = self.state, rows
        self.blocks = choice("Blocks thawed", list(DEPTHS), state.blocks)
        self.rate = choice("Rate", rates(RATES), state.learning_rate)
        self.seed = number("Seed", state.seed, SEEDS[0], SEEDS[-1])
        self.mark = button("Mark this cell as my guess", lambda: self.go(MapState.guessed))
        self.reveal = button("Reveal the map", self._reveal)
        self.marked = ipywidgets.HTML()
        self.replay = Replay("Step", self._go_to, self.live)
        self.map, self.picture, self.reading = ipywidgets.HTML(), ipywidgets.HTML(), Announcement()
        self.on(self.blocks, lambda state, blocks: state.at(blocks=blocks))
        self.on(self.rate, lambda state, rate: state.at(learning_rate=rate))
        self.on(self.seed, lambda state, seed: state.at(seed=seed))
        self.widget = ipywidgets.VBox(
            [
                row(self.blocks, self.rate, self.seed),
                row(self.mark, self.reveal, self.marked),
                self.map,
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
        recipe = Recipe(blocks=state.blocks, learning_rate=state.learning_rate)
        return self.fine_tuned(recipe, state.seed, named(state.cell)), named(state.cell)

    def verdict(self, run: RunProgress) -> str:
        return compared(self.rows, self.state.cell, run) if run.name == named(self.state.cell) else ""

    def draw(self) -> None:
        state, run = self.state, recorded_run(self.rows, self.state)
        self.blocks.value, self.rate.value, self.seed.value = state.blocks, state.learning_rate, state.seed
        self.mark.disabled, self.reveal.disabled = state.revealed, not self.rows or state.revealed
        self.marked.value = f"Your guess: {named(state.guess)}" if state.guess else ""
        if state.revealed and self.rows and not self.map.value:
            self.map.value = shown(self.default())
        elif not state.revealed:
            self.map.value = ""
        steps = [point.step for point in run.curve] if run and state.revealed else []
        self.replay.set(steps, sum(step <= state.step for step in steps[1:]))
        self.draw_runs()

    def draw_runs(self) -> None:
        state, run = self.state, recorded_run(self.rows, self.state)
        lines = self.lines(state.seed)
        if run and state.revealed:
            lines = [*recorded_lines(run, state.step), *lines]
        words = self._sentence(run)
        self.reading.say(words)
        self.picture.value = curves(
            lines,
            title=f"{named(state.cell)}, seed {state.seed}",
            alt=f"Validation accuracy on both tasks against optimizer steps. {words}",
            x_label="optimizer steps",
            x_end=Recipe().steps,
        )

    def default(self) -> Picture:
        """Return the map, with a frame around its best cell."""
        top = best(self.rows) if self.rows else None
        return figures.depth_rate_map(
            self.rows, panels=_PANELS, chosen=top, title="Depth and rate on the scans, in percent"
        )

    def _sentence(self, run: RunProgress | None) -> str:
        if run is None:
            return "This cell was not recorded with this seed. Run it for real."
        if not self.state.revealed:
            return "Reveal the map to replay this cell's run."
        point = run.until(self.state.step)[-1]
        reached = ", ".join(f"{task} {accuracy:.0%}" for task, accuracy in point.accuracy.items())
        return f"{named(self.state.cell)}, recorded, step {point.step}: {reached} on validation pictures."

    def _reveal(self) -> None:
        self.go(lambda state: replace(state, revealed=True))
        self.said.say(verdict(self.rows, self.state.guess))

    def _go_to(self, place: int) -> None:
        run = recorded_run(self.rows, self.state)
        if run:
            self.go(lambda state: replace(state, step=run.curve[place].step))


def depth_rate_map() -> Lab:
    """Guess the best cell, reveal the map, replay any cell's recorded run, or run it for real."""
    return Lab(MapView(*recording("map-scans")))
