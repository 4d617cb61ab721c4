"""Diagrams of an old task beside a new one: two heads on one body, a rehearsing batch, an update beside a weight."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch, Rectangle

from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, PANEL, bare, headline, marks, new_figure, styled
from course_utils.figures.words import lead

_COLOURS = {name: mark.colour for name, mark in marks(["source", "target"]).items()}
_OLD, _NEW = _COLOURS["source"], _COLOURS["target"]
_ARROW: dict[str, Any] = {"arrowstyle": "-|>", "color": INK, "lw": 1.2}


@styled
def two_heads(*, title: str = "") -> Picture:
    """Draw one backbone with the source's head, frozen, and the target's beside it; an arrow back per gradient."""
    figure, axis = _canvas(2.9, (-0.8, 9.6), (-1.75, 1.75), title)
    _box(axis, (0, 0.75), "old pictures", _OLD)
    _box(axis, (0, -0.75), "new pictures", _NEW)
    _box(axis, (3.4, 0), "backbone\n(shared, trained)", _NEW, (2.4, 1.9), filled=True)
    _box(axis, (6.5, 0.75), "source head\n(frozen)", _OLD, hatch="///")
    _box(axis, (6.5, -0.75), "target head\n(trained)", _NEW, filled=True)
    for y, pictures in ((0.75, "old"), (-0.75, "new")):
        _arrow(axis, (0.78, y), (2.12, y / 2))
        _arrow(axis, (4.68, y / 2), (5.72, y))
        _arrow(axis, (7.28, y), (8.1, y))
        axis.text(8.2, y, f"{pictures} classes", va="center")
    back = {**_ARROW, "linestyle": "--", "color": _NEW, "connectionstyle": "arc3,rad=-0.25"}
    axis.annotate("", (3.4, -1.05), (6.2, -1.25), arrowprops=back)
    axis.text(4.5, -1.66, "gradients: from the new task alone", color=INK, ha="center", va="center", fontsize=10)
    table = [
        {"part": "backbone", "used by": "both tasks", "trained": "yes, by the new task alone"},
        {"part": "source head", "used by": "the old task", "trained": "no, frozen"},
        {"part": "target head", "used by": "the new task", "trained": "yes"},
    ]
    alt = (
        f"{lead(title)}Old and new pictures pass through one shared backbone, and from there through a head each: the "
        "source head, which is frozen, and the target head, which is trained. Gradients come from the new task alone; "
        "they change the target head and the backbone."
    )
    return Picture(figure, alt, table)


@styled
def rehearsal_batch(batch_size: int = 32, old: int = 4, *, title: str = "") -> Picture:
    """Draw a batch of pictures, ``old`` of which come from a small store of the old task, on their way to the loss."""
    figure, axis = _canvas(2.7, (-1.2, 11.4), (-1.5, 1.75), title)
    _box(axis, (0, 0.8), "new pictures:\nall, once an epoch", _NEW, (2.3, 0.95))
    _box(axis, (0, -0.8), "a few old ones:\ndrawn every time", _OLD, (2.3, 0.95))
    columns = 8
    lines = -(-batch_size // columns)
    for place in range(batch_size):
        of_old = place >= batch_size - old
        x, y = 2.9 + 0.34 * (place % columns), 0.34 * (lines / 2 - 1 - place // columns)
        look: dict[str, Any] = {"facecolor": PANEL, "hatch": "...."} if of_old else {"facecolor": _NEW, "alpha": 0.45}
        axis.add_patch(Rectangle((x, y), 0.28, 0.28, edgecolor=_OLD if of_old else _NEW, **look))
    axis.text(4.23, 1.15, f"a batch of {batch_size}", ha="center", va="center")
    axis.text(4.23, -1.15, f"{batch_size - old} new, {old} old", ha="center", va="center")
    _arrow(axis, (1.22, 0.65), (2.75, 0.2))
    _arrow(axis, (1.22, -0.65), (2.75, -0.35))
    _box(axis, (6.9, 0), "backbone,\ntwo heads", _NEW, (1.5, 1.0), filled=True)
    _arrow(axis, (5.75, 0), (6.08, 0))
    _arrow(axis, (7.72, 0), (8.2, 0))
    _box(axis, (9.7, 0), "loss: the mean over\nall, old and new", INK, (2.8, 0.95))
    table = [{"pictures": "new", "in a batch": batch_size - old}, {"pictures": "old", "in a batch": old}]
    alt = (
        f"{lead(title)}A batch of {batch_size} pictures holds {batch_size - old} new ones and {old} old ones, drawn "
        "again for every batch from a small store. All pass through the backbone and their own heads, and the loss is "
        "the mean over all of them."
    )
    return Picture(figure, alt, table)


@styled
def lora_beside_a_weight(rows: int = 576, columns: int = 128, rank: int = 4, *, title: str = "") -> Picture:
    """Draw a frozen kernel of ``rows`` x ``columns`` as a matrix, and the thin A and B whose product is added to it."""
    figure, axis = _canvas(2.9, (-1.9, 9.4), (-2.0, 1.65), title)
    frozen, learned = rows * columns, rank * (rows + columns)
    _box(axis, (0, 0), "K\nfrozen", _OLD, (1.7, 2.4), hatch="///")
    axis.text(1.55, 0, "+", ha="center", va="center", fontsize=18)
    _box(axis, (2.6, 0), "A", _NEW, (0.5, 2.4), filled=True)
    axis.text(3.25, 0, "x", ha="center", va="center", fontsize=16)
    _box(axis, (4.65, 0), "B, starts at 0", _NEW, (2.0, 0.5), filled=True)
    axis.text(-1.0, 0, f"{rows}", ha="right", va="center", fontsize=10)
    axis.text(0, 1.42, f"{columns}", ha="center", va="center", fontsize=10)
    axis.text(2.6, 1.42, f"{rank}", ha="center", va="center", fontsize=10)
    axis.text(4.65, 0.5, f"{columns}", ha="center", va="center", fontsize=10)
    axis.text(0, -1.65, f"{frozen:,} weights", ha="center", va="center")
    axis.text(3.75, -1.65, f"{learned:,} weights", ha="center", va="center")
    _arrow(axis, (5.85, 0), (6.5, 0))
    _box(axis, (7.75, 0), "merged: one\nplain kernel", INK, (2.2, 1.2))
    table = [
        {"matrix": "K", "shape": f"{rows} x {columns}", "weights": f"{frozen:,}", "trained": "no"},
        {"matrix": "A", "shape": f"{rows} x {rank}", "weights": f"{rows * rank:,}", "trained": "yes"},
        {"matrix": "B", "shape": f"{rank} x {columns}", "weights": f"{rank * columns:,}", "trained": "yes"},
    ]
    alt = (
        f"{lead(title)}A frozen kernel K of {rows} rows and {columns} columns, {frozen:,} weights, plus the product of "
        f"a tall matrix A and a flat matrix B of rank {rank}, {learned:,} weights, which are trained. B starts at 0. "
        "Added up they merge into one plain kernel."
    )
    return Picture(figure, alt, table)


def _canvas(height: float, x: tuple[float, float], y: tuple[float, float], title: str) -> tuple[Any, Axes]:
    figure, (axis,) = new_figure(height)
    bare(axis)
    axis.set(xlim=x, ylim=y, facecolor=PANEL)
    headline(figure, title)
    return figure, axis


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axis.annotate("", end, start, arrowprops=_ARROW)


def _box(
    axis: Axes,
    centre: tuple[float, float],
    text: str,
    colour: str,
    size: tuple[float, float] = (1.5, 0.95),
    *,
    filled: bool = False,
    hatch: str = "",
) -> None:
    """Draw a box with a text: filled if it is trained, hatched if it is kept as it is."""
    (x, y), (width, height) = centre, size
    look: dict[str, Any] = {"facecolor": PANEL, "edgecolor": colour, "linewidth": 1.3}
    if filled:
        look |= {"facecolor": colour, "alpha": 0.35}
    if hatch:
        look["hatch"] = hatch
    corner = (x - width / 2, y - height / 2)
    axis.add_patch(FancyBboxPatch(corner, width, height, boxstyle="round,pad=0,rounding_size=0.08", **look))
    behind = {"facecolor": PANEL, "edgecolor": "none", "pad": 1.0} if hatch else None
    axis.text(x, y, text, ha="center", va="center", fontsize=10, linespacing=1.25, bbox=behind)
