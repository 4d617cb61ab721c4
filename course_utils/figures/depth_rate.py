"""The map of freeze depth and learning rate: the accuracy of each combination, with the numbers in the cells."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.figures.matrices import squares
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, headline, new_figure, styled
from course_utils.figures.tables import Rows
from course_utils.figures.words import lead, scientific

_PANELS = {"target": "target", "source": "source"}


@styled
def depth_rate_map(
    rows: Rows,
    *,
    panels: Mapping[str, str] = _PANELS,
    chosen: tuple[int, float] | None = None,
    title: str = "",
) -> Picture:
    """Draw accuracy by unfrozen blocks and learning rate: a panel for the target, one for the source.

    Every cell holds the mean in percent and, where there are several seeds, the lowest and highest below it. Colours
    only repeat the numbers: darker is higher, and each panel has its own scale.

    Args:
        rows: columns ``blocks`` (unfrozen), ``learning_rate`` and those of ``panels`` (0..1); one row per seed.
        panels: maps columns to the panels' titles.
        chosen: blocks and rate of the cell to put a frame around.
        title: a line above the figure.

    Raises:
        CourseError: there are no rows, a row lacks one of the columns, or the chosen cell is not in the map.
    """
    if not rows:
        raise CourseError("There are no rows to draw; measure something first.")
    for column in ("blocks", "learning_rate", *panels):
        if any(column not in row for row in rows):
            raise CourseError(f"A row has no column {column!r}; the map needs it.")
    depths, rates = (sorted({row[column] for row in rows}) for column in ("blocks", "learning_rate"))
    if chosen is not None and (chosen[0] not in depths or chosen[1] not in rates):
        raise CourseError(f"chosen={chosen} is not a cell of the map: blocks {depths}, learning rates {rates}.")
    figure, axes = new_figure(1.6 + 0.78 * len(depths), 1, len(panels))
    told, table = [], {(k, rate): {"blocks": k, "learning_rate": f"{rate:.0e}"} for k in depths for rate in rates}
    for axis, (column, name) in zip(axes, panels.items(), strict=True):
        cells = {cell: [float(r[column]) for r in rows if (r["blocks"], r["learning_rate"]) == cell] for cell in table}
        mean = np.array([[np.mean(cells[k, rate] or np.nan) for rate in rates] for k in depths])
        shown = squares(axis, mean, [str(k) for k in depths], [scientific(rate) for rate in rates])
        shown.set_clim(float(np.nanmin(mean)), max(float(np.nanmax(mean)), float(np.nanmin(mean)) + 1e-9))
        axis.invert_yaxis()  # few unfrozen blocks at the bottom
        axis.set(xlabel="learning rate", title=name)
        _write(axis, mean, [[cells[k, rate] for rate in rates] for k in depths])
        if chosen is not None:
            corner = rates.index(chosen[1]) - 0.47, depths.index(chosen[0]) - 0.47
            axis.add_patch(Rectangle(corner, 0.94, 0.94, fill=False, edgecolor="#D55E00", linewidth=3))
        best = max((cell for cell in cells if cells[cell]), key=lambda cell: float(np.mean(cells[cell])))
        told.append(
            f"{name}: from {100 * np.nanmin(mean):.0f} % to {100 * np.nanmax(mean):.0f} %, highest with "
            f"{best[0]} blocks unfrozen at {scientific(best[1])}"
        )
        for cell, values in cells.items():
            table[cell] |= {column: float(np.mean(values or np.nan))}
    axes[0].set_ylabel("blocks unfrozen")
    headline(figure, title)
    frame = f"; the frame marks {chosen[0]} blocks at {scientific(chosen[1])}" if chosen else ""
    alt = f"{lead(title)}Accuracy over blocks unfrozen and learning rate. {'; '.join(told)}{frame}."
    return Picture(figure, alt, list(table.values()))


def _write(axis: Axes, mean: NDArray[np.float64], values: list[list[list[float]]]) -> None:
    low, high = float(np.nanmin(mean)), float(np.nanmax(mean))
    for (row, column), value in np.ndenumerate(mean):
        seeds = values[row][column]
        if not seeds:
            continue
        ink = "white" if high > low and (value - low) / (high - low) > 0.55 else INK
        several = len(seeds) > 1
        where: dict[str, Any] = {"ha": "center", "va": "center", "color": ink}
        axis.text(column, row + 0.12 * several, f"{100 * value:.0f}", fontsize=11, **where)
        if several:
            band = f"{100 * min(seeds):.0f}\u2013{100 * max(seeds):.0f}"
            axis.text(column, row - 0.25, band, fontsize=7.5, **where)
