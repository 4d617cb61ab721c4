"""The label-budget lab on the page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import log10
from typing import Any

import ipywidgets

from course_utils import figures
from course_utils.figures import Picture
from course_utils.figures.style import marks
from course_utils.figures.tables import Rows
from course_utils.frontend import someone_watches
from course_utils.labs.budget_lab.label_budget import (
    FINE_TUNED,
    NEVER,
    PRETRAINED,
    RANDOM,
    SCRATCH,
    SEEDS,
    TASKS,
    BudgetState,
    bands,
    counted,
    probe_rows,
    sentence,
    sources,
    verdict,
)
from course_utils.labs.kit.chart import Line, curves
from course_utils.labs.kit.controls import Announcement, GuessMenu, Replay, button, choice, number, row
from course_utils.labs.kit.lab import Lab
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.training import RunProgress, recording, train_from_scratch
from course_utils.labs.kit.training_view import TrainingView

_MARKS = marks([PRETRAINED, SCRATCH, RANDOM, FINE_TUNED])
_WITHOUT_RECORDING = (1, 5, 20)
_QUESTION = "At how many labels per class will the scratch curve cross the pretrained one? Guess, then reveal."


@dataclass(frozen=True)
class Probes:
    """The probes measured so far; ``complete`` once all are measured."""

    task: str
    rows: tuple[dict[str, Any], ...]
    complete: bool = False
    words: str = "Stopped before all probes were measured. Press Reveal to measure them again."
    measured: bool = True


class LabelBudgetView(TrainingView[BudgetState]):
    """Task and seed; a guess at the crossing and its reveal; the replay along the budgets; live runs from scratch."""

    name, kind = "label-budget", BudgetState

    def __init__(self) -> None:
        super().__init__(BudgetState())
        state = self.state
        self.known: dict[str, tuple[list[dict[str, Any]], str]] = {}  # by task: what was recorded, or why nothing was
        self.probes: dict[str, Rows] = {}
        self.task = choice("Task", TASKS, state.task)
        self.seed = number("Seed of live runs", state.seed, SEEDS[0], SEEDS[-1])
        self.guess = GuessMenu("Your guess: scratch catches up", [])
        self.reveal = button("Reveal", self._reveal)
        self.replay = Replay("Labels per class", self._go_to, self.live)
        self.reading, self.picture, self.course = Announcement(), ipywidgets.HTML(), ipywidgets.HTML()
        self.on(self.task, BudgetState.with_task)
        self.on(self.seed, lambda state, seed: replace(state, seed=seed))
        self.on(self.guess, lambda state, _: replace(state, guess=self.guess.guess))
        self.widget = ipywidgets.VBox(
            [
                row(self.task, self.seed),
                row(self.guess, self.reveal),
                self.replay,
                row(self.buttons, self.progress),
                self.said,
                self.reading,
                self.picture,
                self.course,
                self.state_row(),
            ]
        )
        self.show(state)
        self.said.say(self._recorded(state.task)[1] or _QUESTION)

    def rows(self, task: str) -> Rows:
        """Return all rows of a task, measured here and recorded."""
        return [*self.probes.get(task, ()), *self._recorded(task)[0]]

    def budgets(self, task: str) -> list[int]:
        """Return the labels per class at which something was recorded."""
        return sorted({row["labels"] for row in self._recorded(task)[0]}) or list(_WITHOUT_RECORDING)

    def work(self) -> tuple[Work, str]:
        state = self.state
        name = f"{state.task}, {counted(state.labels)}"
        return train_from_scratch(state.task, state.labels, state.seed, name), f"{name}, from scratch"

    def verdict(self, run: RunProgress) -> str:
        return self.reading_of(self.state) if self.state.revealed else "Reveal the curves to compare."

    def reading_of(self, state: BudgetState) -> str:
        """Return what the lab says about a state."""
        if not state.revealed:
            return "The curves are hidden until you reveal them."
        return sentence(self.rows(state.task), self._budget(state))

    def draw(self) -> None:
        state, budgets = self.state, self.budgets(self.state.task)
        self.task.value, self.seed.value = state.task, state.seed
        self.guess.offer([*((f"at {n}", n) for n in budgets), ("never", NEVER)])
        self.guess.guess = state.guess
        self.reveal.disabled = state.revealed and state.task in self.probes
        self.replay.set(budgets if state.revealed else [], budgets.index(self._budget(state)))
        self.reading.say(self.reading_of(state))
        self.picture.value = self._curves(state) + self._sources(state)
        self.draw_runs()

    def draw_runs(self) -> None:
        state = self.state
        lines = self.lines(state.seed)
        if not lines:
            self.course.value = ""
            return
        pretrained = bands(self.rows(state.task)).get(PRETRAINED, {}).get(self._budget(state))
        self.course.value = curves(
            lines,
            title="Training from scratch, live",
            alt=f"Validation accuracy against optimizer steps: {', '.join(line.name for line in lines)}.",
            x_label="optimizer steps",
            x_end=1000,
            level=pretrained and ("the pretrained network with as many labels, on test pictures", pretrained[0]),
        )

    def default(self) -> Picture:
        """Return the curves of the first task.

        The probes take seconds, so they are measured only where the learner cannot press Reveal.
        """
        task = BudgetState().task
        rows = list(self.rows(task))
        if not someone_watches():
            rows = [*probe_rows(task, self.budgets(task)), *rows]
        return figures.label_budget(rows, title=f"Label budget: {task}")

    def _curves(self, state: BudgetState) -> str:
        budgets = self.budgets(state.task)
        reached = self._budget(state)
        lines = [
            Line(
                method,
                [(log10(n), mean) for n, (mean, _, _) in curve.items() if n <= reached],
                _MARKS[method],
                band=[(log10(n), low, high) for n, (_, low, high) in curve.items() if n <= reached],
            )
            for method, curve in (bands(self.rows(state.task)).items() if state.revealed else ())
        ]
        return curves(
            lines,
            title=f"Label budget: {state.task}",
            alt=f"Test accuracy against labels per class. {self.reading_of(state)}",
            x_label="labels per class",
            x_end=log10(budgets[-1]),
            ticks=[(log10(n), str(n)) for n in budgets],
            marked=("your guess", log10(state.guess)) if state.guess else None,
        )

    def _sources(self, state: BudgetState) -> str:
        told = sources(self.rows(state.task), state.task) if state.revealed else ""
        return f"<details><summary>Where the points come from</summary>{told}</details>" if told else ""

    def _recorded(self, task: str) -> tuple[list[dict[str, Any]], str]:
        if task not in self.known:
            scratch, missing = recording(f"scratch-{task}")
            others = recording("labels-photo-textures")[0] if task == "photo-textures" else []
            self.known[task] = [*scratch, *(row for row in others if row["method"] == FINE_TUNED)], missing
        return self.known[task]

    def _budget(self, state: BudgetState) -> int:
        """Return the largest measured budget up to the state's labels."""
        budgets = self.budgets(state.task)
        return max((n for n in budgets if n <= state.labels), default=budgets[0])

    def _reveal(self) -> None:
        task = self.state.task
        if task in self.probes:
            self._show_all(task)
            self.said.say(verdict(self.rows(task), self.state.guess))
        else:
            self.live.start(_measured(task, self.budgets(task)), "Measuring the probes, which takes a few seconds.")

    def _show_all(self, task: str) -> None:
        self.go(lambda state: replace(state, revealed=True, labels=self.budgets(task)[-1]))

    def _go_to(self, place: int) -> None:
        self.go(lambda state: replace(state, labels=self.budgets(state.task)[place]))

    def told(self, words: str) -> str:
        found = self.live.update
        if isinstance(found, Probes) and found.complete and found.words == words:
            return verdict(self.rows(found.task), self.state.guess)
        return super().told(words)

    def _updated(self, event: dict[str, Any]) -> None:
        found = event["new"]
        if not isinstance(found, Probes):
            super()._updated(event)
            return
        self.progress.value = f"{len(found.rows)} probes measured"
        if found.complete:
            self.probes[found.task] = found.rows
            if self.state.task == found.task:
                self._show_all(found.task)


def _measured(task: str, budgets: list[int]) -> Work:
    def work(control: Control) -> Iterator[Probes]:
        found: tuple[dict[str, Any], ...] = ()
        for one in probe_rows(task, budgets):
            found = (*found, one)
            yield Probes(task, found)
            if control.stopped:
                return
        yield Probes(task, found, complete=True, words="All probes are measured.")

    return work


def label_budget() -> Lab:
    """Choose a task, guess where scratch catches up, reveal, step through the budgets, train from scratch for real."""
    return Lab(LabelBudgetView())
