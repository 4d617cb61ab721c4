"""Strategies by task and label budget: every accuracy in its cell, and who wins on the plane of labels and distance."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from course_utils.errors import CourseError
from course_utils.figures.matrices import squares
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, headline, marks, new_figure, styled
from course_utils.figures.tables import Rows
from course_utils.figures.words import lead

_FRAME = "#D55E00"
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)  # labels per class


@styled
def strategy_grid(rows: Rows, *, strategies: Sequence[str], title: str = "") -> Picture:
    """Draw accuracy by strategy and label budget, a panel per task, with the best of each budget in a frame.

    Every cell holds the mean in percent, and the lowest and highest seed below it. Colours only repeat the numbers.

    Args:
        rows: columns ``task``, ``strategy``, ``labels`` (per class), ``accuracy`` (0..1); one row per seed.
        strategies: those to draw, from top to bottom.
        title: a line above the figure.

    Raises:
        CourseError: there are no rows, a row lacks one of the columns, or a strategy was not measured everywhere.
    """
    if not rows:
        raise CourseError("There are no rows to draw; measure something first.")
    for needed in ("task", "strategy", "labels", "accuracy"):
        if any(needed not in row for row in rows):
            raise CourseError(f"A row has no column {needed!r}; the grid needs it.")
    tasks = list(dict.fromkeys(row["task"] for row in rows))
    lines = -(-len(tasks) // 2)
    figure, axes = new_figure(0.6 + (0.8 + 0.5 * len(strategies)) * lines, lines, min(2, len(tasks)), sharey=True)
    told, table = [], []
    for axis, task in zip(axes, tasks, strict=False):
        of = [row for row in rows if row["task"] == task]
        budgets = sorted({row["labels"] for row in of})
        values = {
            (s, n): [r["accuracy"] for r in of if (r["strategy"], r["labels"]) == (s, n)]
            for s in strategies
            for n in budgets
        }
        if missing := next((at for at, seeds in values.items() if not seeds), None):
            raise CourseError(f"{missing[0]!r} was not measured on {task} with {missing[1]} labels; leave it out.")
        mean = np.array([[np.mean(values[s, n]) for n in budgets] for s in strategies])
        shown = squares(axis, mean, strategies, [str(n) for n in budgets])
        shown.set_clim(float(mean.min()), max(float(mean.max()), float(mean.min()) + 1e-9))
        axis.set(xlabel="labels per class", title=task)
        for (line, place), value in np.ndenumerate(mean):
            seeds = values[strategies[line], budgets[place]]
            dark = mean.max() > mean.min() and (value - mean.min()) / (mean.max() - mean.min()) > 0.55
            where: dict[str, Any] = {"ha": "center", "va": "center", "color": "white" if dark else INK}
            axis.text(place, line - 0.13, f"{100 * value:.0f}", fontsize=11, weight="bold", **where)
            ends = dict.fromkeys(f"{100 * end(seeds):.0f}" for end in (min, max))
            axis.text(place, line + 0.27, "\u2013".join(ends), fontsize=10, **where)
        winners = [strategies[int(best)] for best in mean.argmax(axis=0)]
        for column, winner in enumerate(winners):
            corner = column - 0.47, strategies.index(winner) - 0.47
            axis.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor=_FRAME, linewidth=2.5))
        told.append(f"{task}: {', '.join(f'{n} per class {w}' for n, w in zip(budgets, winners, strict=True))}")
        table += [
            {"task": task, "strategy": s, "labels": n, "accuracy": float(np.mean(seeds))}
            for (s, n), seeds in values.items()
        ]
    for axis in axes[len(tasks) :]:
        axis.set_visible(False)
    headline(figure, title)
    return Picture(figure, f"{lead(title)}The best strategy of each budget. {'; '.join(told)}.", table)


@styled
def strategy_map(points: Sequence[Mapping[str, Any]], *, title: str = "") -> Picture:
    """Draw who wins where: labels per class across, the head start up, a mark for the best strategy.

    Args:
        points: ``task``, ``labels`` (per class), ``head_start`` (points) and ``best`` (a strategy) of each cell.
        title: a line above the figure.

    Raises:
        CourseError: there are no points.
    """
    if not points:
        raise CourseError("There are no rows to draw; measure something first.")
    figure, (axis,) = new_figure(4.4)
    for task in dict.fromkeys(point["task"] for point in points):
        of = sorted((point for point in points if point["task"] == task), key=lambda point: point["labels"])
        axis.plot(
            [p["labels"] for p in of], [p["head_start"] for p in of], color=INK, linewidth=0.8, alpha=0.4, zorder=1
        )
    names = list(dict.fromkeys(point["best"] for point in points))
    for name, mark in marks(names).items():
        won = [point for point in points if point["best"] == name]
        across, up = [p["labels"] for p in won], [p["head_start"] for p in won]
        axis.plot(across, up, mark.marker, color=mark.colour, markersize=10, label=name, linestyle="none")
    for task, where, height in _beside(points):
        axis.annotate(task, where, xytext=(9, height), textcoords=("offset points", "data"), va="center")
    most = max(p["labels"] for p in points)
    axis.set_xscale("log")
    axis.xaxis.set_major_locator(FixedLocator([tick for tick in _TICKS if tick <= most]))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set(xlabel="labels per class", ylabel="head start, points", title=title)
    axis.set_xlim(right=6 * most)  # room for the names
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), title="best strategy")
    told = "; ".join(f"{p['task']} with {p['labels']}, head start {p['head_start']:+.0f}: {p['best']}" for p in points)
    table = [dict(point) for point in points]
    return Picture(figure, f"{lead(title)}The best strategy by labels per class and head start. {told}.", table)


def _beside(points: Sequence[Mapping[str, Any]]) -> list[tuple[str, tuple[float, float], float]]:
    """Return every task with its last point, and a height for its name that leaves the other names room."""
    last = {point["task"]: point for point in sorted(points, key=lambda point: point["labels"])}
    heights = [point["head_start"] for point in points]
    room = (max(heights) - min(heights)) / 14
    placed, free = [], -np.inf
    for task, point in sorted(last.items(), key=lambda item: item[1]["head_start"]):
        height = max(point["head_start"], free)
        placed.append((task, (point["labels"], point["head_start"]), height))
        free = height + room
    return placed
