"""Charts of measurements: tidy rows in, a picture out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from numpy.typing import ArrayLike

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import Mark, guess_line, headline, marks, new_figure, percent_axis, styled
from course_utils.figures.tables import Rows
from course_utils.figures.words import SHARES, lead, number, numbers_alike, percent

_CHARACTERS = 84  # that fit side by side into the width of a figure


@styled
def line_chart(
    rows: Rows,
    *,
    x: str,
    y: str,
    by: str,
    x_label: str,
    y_label: str,
    title: str = "",
    guess: float | None = None,
    log_x: bool = False,
) -> Picture:
    """Draw one line per series; several rows at one x (seeds) become their mean and a band from lowest to highest.

    Args:
        rows: measurements, one dict each.
        x, y, by: the columns to read; x holds numbers, or names in their order of appearance. ``accuracy``,
            ``purity`` and ``share`` are shares in 0..1, shown as percentages.
        x_label, y_label, title: texts of the axes and above the chart.
        guess: what guessing reaches, drawn as a line.
        log_x: whether the x axis is logarithmic, for learning rates; every x must then be above 0.

    Raises:
        CourseError: there are no rows, or a row lacks one of the columns.
    """
    _check(rows, (x, y, by))
    figure, (axis,) = new_figure(4.4)
    alts, table = _lines(axis, rows, x, y, by)
    if log_x:
        axis.set_xscale("log")
    axis.set(xlabel=x_label, ylabel=y_label, title=title)
    _finish(axis, y, guess)
    _legend(axis)
    return Picture(figure, _sentence(title, y_label, x_label, alts, guess), table)


@styled
def label_budget(rows: Rows, *, guess: float | None = None, title: str = "") -> Picture:
    """Plot accuracy against labels per class, on a logarithmic axis: each method with a line, markers and a band.

    Args:
        rows: columns ``method``, ``labels`` (per class, 1 or more), ``accuracy`` (0..1); one row per seed.
        guess: what guessing reaches, drawn as a line.
        title: a line above the chart.

    Raises:
        CourseError: there are no rows, or a row lacks one of the columns.
    """
    _check(rows, ("method", "labels", "accuracy"))
    figure, (axis,) = new_figure(4.6)
    alts, table = _lines(axis, rows, "labels", "accuracy", "method")
    axis.set_xscale("log")
    budgets = sorted({row["labels"] for row in rows})
    axis.xaxis.set_major_locator(FixedLocator(budgets))
    axis.xaxis.set_minor_locator(NullLocator())
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set(xlabel="labels per class", ylabel="test accuracy", title=title)
    _finish(axis, "accuracy", guess)
    _legend(axis)
    return Picture(figure, _sentence(title, "Accuracy", "labels per class", alts, guess), table)


@styled
def probe_by_block(rows: Rows, *, guess: Mapping[str, float] | None = None, title: str = "") -> Picture:
    """Plot the accuracy of a linear probe after each block: one panel per target, one line per kind of weights.

    Args:
        rows: columns ``target``, ``weights`` (such as ``pretrained`` and ``random``), ``block``, ``accuracy`` (0..1);
            one row per seed.
        guess: what guessing reaches, by target.
        title: a line above the chart.

    Raises:
        CourseError: there are no rows, or a row lacks one of the columns.
    """
    _check(rows, ("target", "weights", "block", "accuracy"))
    targets = list(dict.fromkeys(row["target"] for row in rows))
    columns = min(3, len(targets))
    lines = -(-len(targets) // columns)
    figure, axes = new_figure(0.8 + 2.9 * lines, lines, columns, sharey=True)
    for axis in axes[len(targets) :]:
        axis.set_visible(False)
    told, table = [], []
    for axis, target in zip(axes, targets, strict=False):
        alts, lines_of_table = _lines(axis, [r for r in rows if r["target"] == target], "block", "accuracy", "weights")
        told.append(f"{target}, {' and '.join(alts)}")
        table += [{"target": target, **row} for row in lines_of_table]
        axis.set_title(target)
        _finish(axis, "accuracy", (guess or {}).get(target))
    for axis in axes[::columns]:
        axis.set_ylabel("probe accuracy")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    headline(figure, title)
    return Picture(figure, f"{lead(title)}Probe accuracy by block: {'; '.join(told)}.", table)


@styled
def bars(
    rows: Rows,
    *,
    x: str,
    y: str = "accuracy",
    by: str | None = None,
    y_label: str = "test accuracy",
    title: str = "",
    guess: float | None = None,
) -> Picture:
    """Draw a bar per name, as high as the mean of its rows, with a dot for every row (seed).

    Args:
        rows: measurements, one dict each.
        x: the column of names.
        y: the column of numbers; ``accuracy``, ``purity`` and ``share`` are shares in 0..1, shown as percentages.
        by: a column whose values become bars side by side.
        y_label, title: texts of the y axis and above the chart.
        guess: what guessing reaches, drawn as a line.

    Raises:
        CourseError: there are no rows, or a row lacks one of the columns.
    """
    _check(rows, (x, y) if by is None else (x, y, by))
    names = list(dict.fromkeys(row[x] for row in rows))
    series = list(dict.fromkeys(row[by] for row in rows)) if by else [""]
    figure, (axis,) = new_figure(4.2)
    width = 0.75 / len(series)
    hatches = ("", "//", "..", "xx", "\\\\", "++", "oo")
    table, tops, told = [], [], []
    keyed = set[str]()  # the series that the legend has
    for i, (name, mark) in enumerate(marks([str(s) for s in series]).items()):
        for place, label in enumerate(names):
            values = [float(r[y]) for r in rows if r[x] == label and (by is None or r[by] == series[i])]
            if not values:
                continue
            at, mean = place + (i - (len(series) - 1) / 2) * width, float(np.mean(values))
            axis.bar(
                at,
                mean,
                width * 0.9,
                color=mark.colour,
                alpha=0.75,
                hatch=hatches[i % len(hatches)],
                edgecolor="white",
                label=None if name in keyed else name,
            )
            keyed.add(name)
            if len(values) > 1:
                axis.plot([at] * len(values), values, "o", color="#222222", markersize=4, alpha=0.7, clip_on=False)
            tops.append((at, max(values)))
            table.append(
                {x: label, **({by: name} if by else {}), y: mean, "lowest": min(values), "highest": max(values)}
            )
    for row, top, shown in zip(table, tops, numbers_alike((row[y] for row in table), y), strict=True):
        axis.annotate(shown, top, xytext=(0, 5), textcoords="offset points", ha="center", fontsize=10)
        told.append(f"{row[x]}{f' ({row[by]})' if by else ''} {shown}")
    _name_ticks(axis, [str(name) for name in names])
    axis.grid(False, axis="x")
    axis.set(ylabel=y_label, title=title)
    _finish(axis, y, guess)
    axis.set_ylim(top=1.1 * axis.get_ylim()[1])  # room for the number above the tallest bar
    if by:
        narrow = sum(len(str(s)) + 6 for s in series) > _CHARACTERS  # a key takes as much room as six characters
        figure.legend(loc="outside lower center", ncols=2 if narrow else len(series))
    alt = f"{lead(title)}{y_label[:1].upper()}{y_label[1:]}: {', '.join(told)}{_guessing(guess)}."
    return Picture(figure, alt, table)


@styled
def training_curves(histories: Mapping[str, Mapping[str, Sequence[float]]], *, title: str = "") -> Picture:
    """Plot accuracy and loss after each epoch: filled markers for training, open markers and dashes for validation.

    Args:
        histories: by the run's name, ``run.history`` (``loss``, ``accuracy``, and ``val_...`` where measured).
        title: a line above the figure.

    Raises:
        CourseError: there are no runs, or a history has no epoch.
    """
    if not histories or not all(history.get("loss") for history in histories.values()):
        raise CourseError("A training curve needs at least one run that finished an epoch.")
    figure, axes = new_figure(3.9, 1, 2)
    table, told = [], []
    for name, mark in marks(list(histories)).items():
        history = histories[name]
        for axis, metric in zip(axes, ("accuracy", "loss"), strict=True):
            for key, split in ((metric, "training"), (f"val_{metric}", "validation")):
                values = history.get(key)
                if not values:
                    continue
                dashed = split == "validation"
                epochs = np.arange(1, len(values) + 1)
                axis.plot(
                    epochs,
                    values,
                    color=mark.colour,
                    marker=mark.marker,
                    markevery=max(1, len(values) // 8),
                    linestyle="--" if dashed else "-",
                    markerfacecolor="white" if dashed else mark.colour,
                    label=f"{name}, {split}",
                )
        final = {key: history[key][-1] for key in ("accuracy", "val_accuracy", "loss", "val_loss") if history.get(key)}
        table.append({"run": name, "epochs": len(history["loss"]), **final})
        if "accuracy" in final:
            validated = f", validation {percent(final['val_accuracy'])}" if "val_accuracy" in final else ""
            told.append(f"{name} ends at training accuracy {percent(final['accuracy'])}{validated}")
    for axis, metric in zip(axes, ("accuracy", "loss"), strict=True):
        axis.set(xlabel="epoch", title=metric)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    percent_axis(axes[0])
    axes[1].set_ylim(bottom=0)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    headline(figure, title)
    return Picture(figure, f"{lead(title)}Training curves: {'; '.join(told)}.", table)


def _check(rows: Rows, columns: Sequence[str]) -> None:
    if not rows:
        raise CourseError("There are no rows to draw; measure something first.")
    for row in rows:
        missing = [column for column in columns if column not in row]
        if missing:
            raise CourseError(f"A row has no column {missing[0]!r}; it has {', '.join(map(str, row))}.")


def _lines(axis: Axes, rows: Rows, x: str, y: str, by: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Draw one line per series; return a phrase per series, and the table's rows."""
    places = list(dict.fromkeys(row[x] for row in rows))
    if all(isinstance(place, int | float | np.number) for place in places):
        places.sort()
        position = {place: place for place in places}
    else:
        position = {place: i for i, place in enumerate(places)}
        _name_ticks(axis, [str(place) for place in places])
    told, table = [], []
    for name, mark in marks(list(dict.fromkeys(str(row[by]) for row in rows))).items():
        grouped = {p: [float(r[y]) for r in rows if r[x] == p and str(r[by]) == name] for p in places}
        grouped = {place: values for place, values in grouped.items() if values}
        _line(axis, name, mark, [position[place] for place in grouped], list(grouped.values()))
        means = {place: float(np.mean(values)) for place, values in grouped.items()}
        first, *_, last = [*means.items(), *means.items()]
        told.append(f"{name} from {number(first[1], y)} at {first[0]} to {number(last[1], y)} at {last[0]}")
        table += [
            {by: name, x: p, y: means[p], "lowest": min(v), "highest": max(v), "runs": len(v)}
            for p, v in grouped.items()
        ]
    return told, table


def _line(axis: Axes, name: str, mark: Mark, x: ArrayLike, values: list[list[float]]) -> None:
    mean = [np.mean(v) for v in values]
    if any(len(v) > 1 for v in values):
        low, high = [min(v) for v in values], [max(v) for v in values]
        axis.fill_between(x, low, high, color=mark.colour, alpha=0.16, linewidth=0)
    axis.plot(x, mean, color=mark.colour, marker=mark.marker, linestyle=mark.dashes, label=name)


def _name_ticks(axis: Axes, names: Sequence[str]) -> None:
    """Put names along the x axis, turned upright where they would overlap."""
    subplot = axis.get_subplotspec()
    room = _CHARACTERS / (subplot.get_gridspec().ncols if subplot else 1)
    crowded = (max(map(len, names)) + 1) * len(names) > room
    axis.set_xticks(range(len(names)), names, rotation=90 if crowded else 0)


def _finish(axis: Axes, y: str, guess: float | None) -> None:
    if y in SHARES:
        percent_axis(axis)
    if guess is not None:
        guess_line(axis, guess)


def _legend(axis: Axes) -> None:
    axis.legend(loc="upper left", bbox_to_anchor=(1.01, 1), handlelength=3)


def _guessing(guess: float | None) -> str:
    return f"; guessing {percent(guess)}" if guess is not None else ""


def _sentence(title: str, y: str, x: str, alts: Sequence[str], guess: float | None) -> str:
    return f"{lead(title)}{y[:1].upper()}{y[1:]} against {x}: {'; '.join(alts)}{_guessing(guess)}."
