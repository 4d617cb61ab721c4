"""A lab that trains: its live runs, and the previous run with the same seed as a ghost."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

import ipywidgets

from course_utils.experiments import FineTuning, Recipe
from course_utils.figures.style import marks
from course_utils.labs.kit.chart import Line
from course_utils.labs.kit.controls import RunButtons
from course_utils.labs.kit.live import Live, Work
from course_utils.labs.kit.training import RunProgress, fine_tune
from course_utils.labs.kit.view import View

S = TypeVar("S")
_NAMES = ("target, recorded", "source, recorded", "target, live", "source, live", "from scratch, live")
#: How the curves of the labs are drawn.
MARKS = marks(_NAMES)


class TrainingView(View[S]):
    """The base of labs that train: ``work`` says what to run, and ``draw_runs`` draws the runs."""

    def __init__(self, state: S) -> None:
        super().__init__(state)
        self.live = Live()
        #: By seed: the newest run and the one before it.
        self.runs: dict[int, tuple[RunProgress, RunProgress | None]] = {}
        self.progress = ipywidgets.HTML()
        self.buttons = RunButtons(self.live, self.start)
        self.live.observe(self._updated, "update")
        self.live.observe(lambda event: self.said.say(self.told(event["new"])), "words")

    def work(self) -> tuple[Work, str]:
        """Return the run that the state asks for, and its name."""
        raise NotImplementedError

    def draw_runs(self) -> None:
        """Draw what changes during a run."""
        raise NotImplementedError

    def verdict(self, run: RunProgress) -> str:
        """Return what to add to how a run ended."""
        return ""

    def start(self) -> None:
        """Run for real what the state asks for."""
        work, name = self.work()
        self.live.start(work, f"Running: {name}. The first run takes a few seconds to get ready.")

    def lines(self, seed: int) -> list[Line]:
        """Return the curves of the last two runs with this seed, the earlier one as a ghost."""
        now, before = self.runs.get(seed, (None, None))
        drawn = _pair(before, "before", faint=True) if before else []
        return drawn + _pair(now, "live") if now and now.curve else drawn

    @property
    def model(self) -> Any:
        """The model as the last run left it, finished or stopped; None before the first run."""
        return self.live.update.model if isinstance(self.live.update, RunProgress) else None

    def close(self) -> None:
        self.live.stop()

    def told(self, words: str) -> str:
        """Return what the lab says when a run says ``words``."""
        run = self.live.update
        ended = isinstance(run, RunProgress) and run.outcome and run.words == words
        return f"{words} {self.verdict(run)}" if ended else words

    def _updated(self, event: dict[str, object]) -> None:
        run = event["new"]
        if not isinstance(run, RunProgress):
            return
        with self._lock:
            now, before = self.runs.get(run.seed, (None, None))
            if not run.curve and now and now.curve:  # a new run: the shown run becomes the ghost
                before = now
            changed = now is None or run.curve != now.curve or bool(run.outcome)
            self.runs[run.seed] = run, before
            loss = f", loss {run.loss:.3f}" if run.loss is not None else ""
            self.progress.value = f"Step {run.step}{loss}" if run.curve else run.words
            if changed:
                self.draw_runs()


class FineTuningView(TrainingView[S]):
    """A lab that fine-tunes; ``make`` returns the experiment for a LoRA rank, or without LoRA for None."""

    def __init__(self, state: S, make: Callable[[int | None], FineTuning]) -> None:
        super().__init__(state)
        self._make, self._warm = make, False

    def fine_tuned(self, recipe: Recipe, seed: int, name: str, rank: int | None = None) -> Work:
        """Return the work of a run of the experiment."""
        return fine_tune(lambda: self._make(rank), recipe, seed, name)

    def go(self, change: Callable[[S], S]) -> None:
        """Go to another state; the first change also prepares the network, while the learner thinks."""
        if not self._warm and not self.drawing:
            self._warm = True
            threading.Thread(target=self._get_ready, daemon=True).start()
        super().go(change)

    def _get_ready(self) -> None:
        with suppress(Exception):  # the first run will meet the same problem and report it
            self._make(None)


def recorded_lines(run: RunProgress, step: int) -> list[Line]:
    """Return the curves of a recorded run up to a step."""
    return _pair(replace(run, name="", curve=run.until(step)), "recorded")


def _pair(run: RunProgress, kind: str, *, faint: bool = False) -> list[Line]:
    name = f": {run.name}" if run.name else ""
    return [
        Line(
            f"{task}, {kind}{name}",
            [(point.step, point.accuracy[task]) for point in run.curve],
            MARKS[f"{task}, {'live' if faint else kind}"],
            faint,
        )
        for task in run.curve[0].accuracy
    ]
