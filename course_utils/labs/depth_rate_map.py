"""The map lab of lesson 03: guess the best cell of depth and rate, reveal the map, replay a cell or run it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets
import numpy as np

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.labs.lab import Lab, shown
from course_utils.transfer import FineTuning, Recipe, recorded

Rows = Sequence[Mapping[str, Any]]
Cell = tuple[int, float]
_PANELS = {"validation": "target, validation pictures", "source": "source"}


def cells(rows: Rows) -> dict[Cell, list[Mapping[str, Any]]]:
    """The rows of every cell (blocks thawed, learning rate), one row a seed."""
    grouped: dict[Cell, list[Mapping[str, Any]]] = {}
    for row in rows:
        grouped.setdefault((row["blocks"], row["learning_rate"]), []).append(row)
    return dict(sorted(grouped.items()))


def mean(rows: Rows, column: str) -> float:
    """The mean of a column over seeds."""
    return float(np.mean([row[column] for row in rows]))


def best(rows: Rows) -> Cell:
    """The cell with the highest mean validation accuracy."""
    grouped = cells(rows)
    return max(grouped, key=lambda cell: mean(grouped[cell], "validation"))


def sentence(rows: Rows, guess: Cell) -> str:
    """How the guessed cell compares with the best one, in words."""
    grouped, top = cells(rows), best(rows)
    if guess not in grouped:
        raise CourseError(f"The map has no cell with blocks={guess[0]} and learning_rate={guess[1]:g}.")

    def told(cell: Cell) -> str:
        here = grouped[cell]
        return (
            f"{cell[0]} blocks at {cell[1]:g}: target {mean(here, 'validation'):.1%} on validation pictures, "
            f"source {mean(here, 'source'):.1%}"
        )

    if guess == top:
        return f"You found the best cell. {told(top)}."
    behind = 100 * (mean(grouped[top], "validation") - mean(grouped[guess], "validation"))
    return f"Your cell, {told(guess)}. The best, {told(top)}: {behind:.1f} points more on the target."


def replay(rows: Rows, cell: Cell, seed: int) -> Picture:
    """The recorded course of one run: validation accuracy on both tasks, step by step."""
    (run,) = [row for row in cells(rows)[cell] if row["seed"] == seed]
    points = [
        {"step": point["step"], "accuracy": point[task], "task": task}
        for task in ("target", "source")
        for point in run["curve"]
    ]
    title = f"Recorded: {cell[0]} blocks at {cell[1]:g}, seed {seed}"
    return figures.line_chart(
        points, x="step", y="accuracy", by="task", x_label="step", y_label="validation accuracy", title=title
    )


def compared(rows: Rows, cell: Cell, row: Mapping[str, Any]) -> str:
    """A live run beside the recorded band of its cell, in words."""
    parts = []
    for task in ("target", "source"):
        band = [r[task] for r in cells(rows)[cell]]
        inside = min(band) - 0.02 <= row[task] <= max(band) + 0.02
        where = "in" if inside else "outside"
        parts.append(f"{task} {row[task]:.1%}, {where} the recorded {min(band):.1%} to {max(band):.1%}")
    return f"Just now: {'; '.join(parts)} (test pictures, give or take two points)."


def depth_rate_map(
    rows: Rows | None = None, experiment: Callable[[], FineTuning] = lambda: FineTuning("scans", 100)
) -> Lab:
    """Guess the best cell, reveal the map, replay any cell from the recording or run it for real.

    Args:
        rows: a recording of the map; the default is ``map-scans``.
        experiment: makes what runs a cell, at the first run.
    """
    rows = rows if rows is not None else recorded("map-scans")
    grouped, top = cells(rows), best(rows)
    default = figures.depth_rate_map(rows, panels=_PANELS, chosen=top, title="Depth and rate on the scans, in percent")
    made: list[FineTuning] = []

    depths, rates = sorted({k for k, _ in grouped}), sorted({rate for _, rate in grouped})
    blocks = ipywidgets.SelectionSlider(options=depths, description="Thawed")
    rate = ipywidgets.SelectionSlider(options=[(f"{r:g}", r) for r in rates], description="Rate")
    seed = ipywidgets.Dropdown(options=sorted({r["seed"] for r in rows}), description="Seed")
    reveal = ipywidgets.Button(description="This is my guess: reveal", layout={"width": "auto"})
    again = ipywidgets.Button(description="Replay this cell")
    real = ipywidgets.Button(description="Run this cell for real", layout={"width": "auto"})
    words = ipywidgets.HTML("Choose the cell that you think is best on the target, then reveal the map.")
    map_, course = ipywidgets.HTML(), ipywidgets.HTML()

    def show_map(_: object) -> None:
        map_.value = shown(default)
        words.value = sentence(rows, (blocks.value, rate.value))

    def show_replay(_: object) -> None:
        course.value = shown(replay(rows, (blocks.value, rate.value), seed.value))

    def work(cell: Cell, number: int) -> None:
        try:
            if not made:
                made.append(experiment())
            row = made[0].run(Recipe(blocks=cell[0], learning_rate=cell[1]), number)
            words.value = compared(rows, cell, row)
        except CourseError as problem:
            words.value = str(problem)
        finally:
            real.disabled = False

    def run(_: object) -> None:
        real.disabled = True
        words.value = "Running this cell: a few seconds, and a few more the first time."
        threading.Thread(target=work, args=((blocks.value, rate.value), seed.value), daemon=True).start()

    reveal.on_click(show_map)
    again.on_click(show_replay)
    real.on_click(run)
    controls = ipywidgets.VBox([blocks, rate, seed, ipywidgets.HBox([reveal, again, real])])
    return Lab(ipywidgets.VBox([controls, words, map_, course]), default)
