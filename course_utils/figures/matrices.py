"""Tables of numbers as coloured squares."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import ArrayLike, NDArray

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import WIDTH, bare, new_figure, styled
from course_utils.figures.words import lead, percent


@styled
def cka_matrix(
    matrix: NDArray[Any],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    row_label: str = "",
    column_label: str = "",
    title: str = "",
) -> Picture:
    """Show how alike the blocks of two networks are, 0..1.

    Args:
        matrix: ``(rows, columns)``, from ``cka_by_block``.
        rows, columns: the blocks' names.
        row_label, column_label: the networks' names.
        title: a line above the figure.

    Raises:
        CourseError: the names do not fit the matrix.
    """
    if matrix.shape != (len(rows), len(columns)):
        raise CourseError(
            f"matrix has shape {matrix.shape}, but there are {len(rows)} rows and {len(columns)} columns."
        )
    size = min(WIDTH, 2.2 + 0.72 * len(columns))
    figure, (axis,) = new_figure(1.4 + 0.62 * len(rows), width=max(size, 4.6))
    shown = squares(axis, matrix, rows, columns)
    _write(axis, matrix, lambda value: f"{value:.2f}")
    axis.set(xlabel=column_label, ylabel=row_label, title=title)
    figure.colorbar(shown, ax=axis, label="linear CKA", shrink=0.9)
    same = ", ".join(f"{r} {matrix[i, i]:.2f}" for i, r in enumerate(rows) if i < len(columns))
    alt = f"{lead(title)}Linear CKA of block with block; along the diagonal: {same}."
    table = [
        {row_label or "block": r, **dict(zip(columns, map(float, m), strict=True))}
        for r, m in zip(rows, matrix, strict=True)
    ]
    return Picture(figure, alt, table)


@styled
def accuracy_matrix(R: ArrayLike, tasks: Sequence[str], *, title: str = "") -> Picture:
    """Show the accuracy on every task (column) after each task was learned (row), in percent.

    Args:
        R: ``(tasks, tasks)``, 0..1; NaN where nothing was measured, shown as white.
        tasks: the tasks' names, in the order in which they were learned.
        title: a line above the figure.

    Raises:
        CourseError: R does not have one row and one column per task.
    """
    matrix = np.asarray(R, float)
    if matrix.shape != (len(tasks), len(tasks)):
        raise CourseError(f"R has shape {matrix.shape}, but there are {len(tasks)} tasks.")
    figure, (axis,) = new_figure(1.5 + 0.62 * len(tasks), width=min(WIDTH, 3.6 + 1.25 * len(tasks)))
    squares(axis, matrix, [f"after {task}" for task in tasks], tasks)
    _write(axis, matrix, lambda value: "" if np.isnan(value) else f"{100 * value:.0f}")
    axis.set(xlabel="accuracy on, in percent", title=title)
    told = [
        f"after {name}: "
        + ", ".join(f"{task} {percent(value)}" for task, value in zip(tasks, row, strict=True) if not np.isnan(value))
        for name, row in zip(tasks, matrix, strict=True)
    ]
    table = [
        {"after": name, **dict(zip(tasks, map(float, row), strict=True))}
        for name, row in zip(tasks, matrix, strict=True)
    ]
    return Picture(figure, f"{lead(title)}Accuracy on every task {'; '.join(told)}.", table)


def squares(axis: Axes, matrix: NDArray[Any], rows: Sequence[str], columns: Sequence[str]) -> AxesImage:
    """Draw a matrix with values in 0..1 as squares, darker for more, with the names of its rows and columns."""
    bare(axis)
    axis.tick_params(length=0)
    turned = max(map(len, columns)) * len(columns) > 60
    axis.set_xticks(range(len(columns)), columns, rotation=40 if turned else 0, ha="right" if turned else "center")
    axis.set_yticks(range(len(rows)), rows)
    return axis.imshow(matrix, cmap="Blues", vmin=0, vmax=1, aspect="auto")


def _write(axis: Axes, matrix: NDArray[Any], text: Callable[[float], str]) -> None:
    for (row, column), value in np.ndenumerate(matrix):
        axis.text(
            column,
            row,
            text(value),
            ha="center",
            va="center",
            color="white" if value > 0.55 else "#222222",
            fontsize=10,
        )
