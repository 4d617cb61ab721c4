"""The trade-off between an old task and a new one: accuracy on one against accuracy on the other."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, MaxNLocator, PercentFormatter

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import PANEL, Mark, headline, marks, new_figure, styled
from course_utils.figures.tables import Rows
from course_utils.figures.words import lead, percent, scientific


class _Point(NamedTuple):
    """One setting of one method: mean, lowest and highest over the seeds, on the old task and on the new one."""

    setting: Any
    source: tuple[float, float, float]
    target: tuple[float, float, float]
    runs: int


@styled
def front(rows: Rows, *, before: float | None = None, title: str = "") -> Picture:
    """Plot target against source accuracy: a point per method and setting, a cross from lowest to highest seed.

    Args:
        rows: columns ``method``, ``setting``, ``source`` and ``target`` (0..1); one row per seed.
        before: the source accuracy before fine-tuning, drawn as a line.
        title: a line above the chart.

    Raises:
        CourseError: there are no rows, or a row lacks one of the columns.
    """
    points = _points(rows)
    figure, (axis,) = new_figure(5.2)
    for method, mark in marks(list(points)).items():
        _draw(axis, points[method], mark, method)
    axis.set(title=title, xlabel="source accuracy (the old task)", ylabel="target accuracy (the new task)")
    axis.margins(0.12)
    _axes(axis, before, 7)
    _better(axis)
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), handlelength=3)
    figure.draw_without_rendering()  # fixes the layout, on which the labels' places depend
    _name(axis, [point for series in points.values() for point in series])
    return _told(figure, points, before, title)


@styled
def fronts(rows: Rows, *, baseline: str = "plain", before: float | None = None, title: str = "") -> Picture:
    """Plot the same with one panel per method, and the baseline's points behind it in grey.

    Args:
        rows: columns ``method``, ``setting``, ``source`` and ``target`` (0..1); one row per seed.
        baseline: the method that the others are compared with; its panel comes first.
        before: the source accuracy before fine-tuning, drawn as a line.
        title: a line above the figure.

    Raises:
        CourseError: there are no rows, a row lacks one of the columns, or no row is of the baseline.
    """
    points = _points(rows)
    if baseline not in points:
        raise CourseError(f"There is no row of the baseline {baseline!r}; methods: {', '.join(points)}.")
    methods = [baseline, *(method for method in points if method != baseline)]
    columns = min(2, len(methods))
    lines = -(-len(methods) // columns)
    figure, axes = new_figure(0.6 + 2.5 * lines, lines, columns, sharey=True)
    chosen = marks(methods)
    sources, targets = (
        [getattr(p, task)[i] for series in points.values() for p in series for i in (1, 2)]
        + ([before] if before is not None and task == "source" else [])
        for task in ("source", "target")
    )
    for axis, method in zip(axes, methods, strict=False):
        if method != baseline:
            grey = Mark("#9a9a96", "o", ":")
            _draw(axis, points[baseline], grey, baseline, faint=True)
        _draw(axis, points[method], chosen[method], method)
        axis.set(title=method, xlim=_limits(sources), ylim=_limits(targets))
        _axes(axis, before, 4)
        _better(axis)
    for axis in axes[len(methods) :]:
        axis.set_visible(False)
    figure.supxlabel(f"source accuracy (the old task); grey: {baseline}", fontsize=11)
    figure.supylabel("target accuracy (the new task)", fontsize=11)
    headline(figure, title)
    figure.draw_without_rendering()  # fixes the layout, on which the labels' places depend
    for axis, method in zip(axes, methods, strict=False):
        _name(axis, points[method])
    return _told(figure, points, before, title)


def _points(rows: Rows) -> dict[str, list[_Point]]:
    """Return the points of each method; methods and settings keep the order of the rows."""
    if not rows:
        raise CourseError("There are no rows to draw; measure something first.")
    for row in rows:
        missing = [column for column in ("method", "setting", "source", "target") if column not in row]
        if missing:
            raise CourseError(f"A row has no column {missing[0]!r}; it has {', '.join(map(str, row))}.")
    cells: dict[str, dict[Any, list[Mapping[str, Any]]]] = {}
    for row in rows:
        cells.setdefault(str(row["method"]), {}).setdefault(row["setting"], []).append(row)
    return {
        method: [
            _Point(setting, _band(members, "source"), _band(members, "target"), len(members))
            for setting, members in settings.items()
        ]
        for method, settings in cells.items()
    }


def _band(rows: Rows, task: str) -> tuple[float, float, float]:
    values = [float(row[task]) for row in rows]
    return float(np.mean(values)), min(values), max(values)


def _draw(axis: Axes, points: Sequence[_Point], mark: Mark, name: str, *, faint: bool = False) -> None:
    x, y = [p.source[0] for p in points], [p.target[0] for p in points]
    for p in points if not faint else ():
        axis.plot(p.source[1:], [p.target[0]] * 2, color=mark.colour, alpha=0.35, linewidth=3, solid_capstyle="butt")
        axis.plot([p.source[0]] * 2, p.target[1:], color=mark.colour, alpha=0.35, linewidth=3, solid_capstyle="butt")
    axis.plot(
        x,
        y,
        color=mark.colour,
        marker=mark.marker,
        linestyle=mark.dashes,
        linewidth=1.2,
        markersize=4 if faint else 7,
        alpha=0.8 if faint else 1,
        label=name,
    )


def _name(axis: Axes, points: Sequence[_Point]) -> None:
    """Write each point's setting beside it, where it covers other texts and points least."""
    to_points = 72 / axis.figure.dpi
    places = [axis.transData.transform((p.source[0], p.target[0])) * to_points for p in points]
    taken = [(x - 4, y - 4, x + 4, y + 4) for x, y in places]
    for (x, y), point in zip(places, points, strict=False):
        text = _setting(point.setting)
        width, height = 6.5 * len(text), 11.0
        boxes = [(x + dx * (6 + width / 2) - width / 2, y + dy * 11 - height / 2) for dx, dy in _BESIDE]
        covered = [
            sum(left < r and left + width > at and low < t and low + height > b for at, b, r, t in taken)
            for left, low in boxes
        ]
        left, low = boxes[int(np.argmin(covered))]
        taken.append((left, low, left + width, low + height))
        axis.annotate(
            text,
            (point.source[0], point.target[0]),
            xytext=(left - x, low - y + 1),
            textcoords="offset points",
            fontsize=10,
            annotation_clip=False,
            path_effects=[withStroke(linewidth=3, foreground=PANEL)],
        )


#: Places for a point's label, in steps from the point: right and left of it, above, below, and farther away.
_BESIDE = (
    (1, 0.3), (-1, 0.3), (1, -0.4), (-1, -0.4), (0, 1.1), (0, -1.1), (1, 1.2), (-1, 1.2), (1, -1.2), (-1, -1.2),
    (0, 2.1), (0, -2.1), (-1, 2.1), (-1, -2.1),
)  # fmt: skip


def _setting(setting: Any) -> str:
    """Return a setting in its shortest form: ``0.0003`` is ``3e-4``."""
    if isinstance(setting, int | float) and 0 < abs(setting) < 0.01:
        return scientific(setting)
    return f"{setting:g}" if isinstance(setting, int | float) else str(setting)


def _axes(axis: Axes, before: float | None, ticks_across: int) -> None:
    if before is not None:
        axis.axvline(before, color="#777777", linewidth=1.2, linestyle=(0, (1, 2)))
    for side, (low, high), most in (
        (axis.xaxis, axis.get_xlim(), ticks_across),
        (axis.yaxis, axis.get_ylim(), ticks_across + 1),
    ):
        ticks = MaxNLocator(most, steps=[1, 2, 5, 10]).tick_values(low, high)
        side.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
        side.set_major_formatter(PercentFormatter(1, decimals=0))


def _better(axis: Axes) -> None:
    """Draw an arrow towards the upper right, where there is usually room."""
    axis.annotate(
        "better",
        (0.56, 0.24),
        xytext=(0.36, 0.06),
        xycoords="axes fraction",
        textcoords="axes fraction",
        fontsize=10,
        color="#555555",
        arrowprops={"arrowstyle": "->", "color": "#555555"},
    )


def _limits(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = 0.08 * max(high - low, 0.02)
    return low - room, high + room


def _told(figure: Any, points: Mapping[str, Sequence[_Point]], before: float | None, title: str) -> Picture:
    told, table = [], []
    for method, series in points.items():
        best = max(series, key=lambda p: p.source[0] + p.target[0])
        told.append(
            f"{method} is nearest to the better corner at {_setting(best.setting)}, with source "
            f"{percent(best.source[0])} and target {percent(best.target[0])}"
        )
        table += [
            {
                "method": method,
                "setting": _setting(p.setting),
                "source": p.source[0],
                "source lowest": p.source[1],
                "source highest": p.source[2],
                "target": p.target[0],
                "target lowest": p.target[1],
                "target highest": p.target[2],
                "runs": p.runs,
            }
            for p in series
        ]
    line = f" Before fine-tuning the source accuracy is {percent(before)}." if before is not None else ""
    alt = f"{lead(title)}Target against source accuracy; up and to the right is better: {'; '.join(told)}.{line}"
    return Picture(figure, alt, table)
