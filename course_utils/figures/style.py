"""One style for every figure: sizes, colours, markers and dashes."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, PercentFormatter

WIDTH = 7.6  # inches; at 100 pixels per inch, the width of a notebook's column
PANEL = "#fcfcfa"
INK = "#222222"
FAINT = "#d9d9d6"

_RC: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "axes.edgecolor": "#888888",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.facecolor": PANEL,
    "grid.color": FAINT,
    "grid.linewidth": 0.8,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 10.5,
    "ytick.labelsize": 10.5,
    "legend.fontsize": 10.5,
    "legend.frameon": False,
    "figure.facecolor": PANEL,
    "figure.titlesize": 12.5,
    "figure.titleweight": "bold",
    "lines.linewidth": 2.2,
    "lines.markersize": 7,
}

# Decorates every function that draws, because Matplotlib reads its settings whenever something is added to a figure.
styled = rc_context(_RC)


class Mark(NamedTuple):
    """How one series is drawn: in three ways, so that it can be told without its colour."""

    colour: str
    marker: str
    dashes: str


# Okabe and Ito (2008): colours that people with any colour vision can tell apart. Yellow is too pale for lines.
_MARKS = (
    Mark("#0072B2", "o", "-"),
    Mark("#D55E00", "s", "--"),
    Mark("#009E73", "^", "-."),
    Mark("#CC79A7", "D", ":"),
    Mark("#E69F00", "v", "-"),
    Mark("#56B4E9", "P", "--"),
    Mark("#222222", "X", "-."),
)

# The course's own series look alike in every figure of every lesson.
_ALWAYS = {
    "pretrained": 0,
    "frozen pretrained": 0,
    "linear probe": 0,
    "scratch": 1,
    "from scratch": 1,
    "random": 2,
    "random weights": 2,
    "frozen random": 2,
    "fine-tuned": 3,
    "target": 0,  # as in the labs
    "source": 1,
}


def marks(names: Sequence[str]) -> dict[str, Mark]:
    """Return a mark for every series; well-known names have fixed marks, the others get the rest, in order."""
    taken = {_ALWAYS[name] for name in names if name in _ALWAYS}
    free = [i for i in range(len(_MARKS)) if i not in taken] or list(range(len(_MARKS)))
    others = [name for name in names if name not in _ALWAYS]
    chosen = {name: free[i % len(free)] for i, name in enumerate(others)}
    return {name: _MARKS[chosen[name] if name in chosen else _ALWAYS[name]] for name in names}


def new_figure(
    height: float, rows: int = 1, columns: int = 1, *, width: float = WIDTH, sharey: bool = False
) -> tuple[Figure, list[Axes]]:
    """Return an empty figure in the course's style, and its axes in reading order; sizes are in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharey=sharey)
    return figure, list(axes.flat)


def headline(figure: Figure, title: str) -> None:
    """Put a title above the whole figure, unless it is empty."""
    if title:
        figure.suptitle(title, x=0.01, ha="left")


def bare(axis: Axes) -> None:
    """Remove ticks, grid and frame from around a picture."""
    axis.set(xticks=[], yticks=[])
    axis.grid(False)
    for spine in axis.spines.values():
        spine.set_visible(False)


def percent_axis(axis: Axes) -> None:
    """Show shares on the y axis as percentages, from 0 to 100."""
    axis.set_ylim(0, 1.03)
    axis.yaxis.set_major_locator(FixedLocator([0, 0.2, 0.4, 0.6, 0.8, 1]))
    axis.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))


def guess_line(axis: Axes, guess: float) -> None:
    """Draw a line at what guessing would reach."""
    axis.axhline(guess, color="#777777", linewidth=1.2, linestyle=(0, (1, 2)))
    axis.annotate(
        "guessing",
        (1, guess),
        xycoords=("axes fraction", "data"),
        xytext=(-2, -3),
        textcoords="offset points",
        ha="right",
        va="top",
        color="#555555",
        fontsize=10,
        bbox={"facecolor": PANEL, "edgecolor": "none", "alpha": 0.8, "pad": 1},
    )
