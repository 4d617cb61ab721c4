"""Diagrams of a network from input to output: which parts are frozen, and which learn, at which rate."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import FAINT, INK, PANEL, bare, headline, new_figure, styled
from course_utils.figures.words import lead, scientific

_COLOUR, _GREY = "#0072B2", "#888888"  # of what learns, and of the rest
_LOW, _HIGH = 0.22, 0.62  # opacity of the lowest and of the highest rate
_WIDTH, _HEIGHT = 0.8, 0.6  # of a box; from one box to the next is 1
_BLOCKS = ("block 1", "block 2", "block 3", "block 4")
_CHAIN = ("picture", *_BLOCKS, "average\npool", "head", "classes")
#: By the name of a row, the parts of the chain that learn.
_LEARNING = {"Feature extraction": ("head",), "Fine-tuning": ("block 3", "block 4", "head")}


@styled
def frozen_and_unfrozen() -> Picture:
    """Draw a backbone with a head twice: with all of the backbone frozen, and with its last two blocks unfrozen."""
    figure, axes = new_figure(3.1, len(_LEARNING), 1)
    table = []
    for axis, (name, learning) in zip(axes, _LEARNING.items(), strict=True):
        _chain(axis, learning)
        axis.set_title(name)
        frozen = [block for block in _BLOCKS if block not in learning]
        table.append({"": name, "frozen": ", ".join(frozen), "trained": ", ".join(learning)})
    told = "; ".join(f"{row['']}: {row['frozen']} frozen, {row['trained']} trained" for row in table)
    alt = (
        "A picture passes through four blocks, the backbone; then through global average pooling and the head, to the "
        f"classes. {told}."
    )
    return Picture(figure, alt, table)


def _chain(axis: Axes, learning: tuple[str, ...]) -> None:
    bare(axis)
    axis.set(xlim=(-0.5, len(_CHAIN) - 0.5), ylim=(0.8, -0.35), facecolor=PANEL)
    for place, part in enumerate(_CHAIN):
        if part in learning:
            _box(axis, place, 0, f"{part}\ntrained", _LOW)
        elif part in _BLOCKS:
            _box(axis, place, 0, f"{part}\nfrozen", 0)
        else:
            _box(axis, place, 0, part, None)
    left, right = 1 - _WIDTH / 2, len(_BLOCKS) + _WIDTH / 2
    axis.plot([left, left, right, right], [0.41, 0.46, 0.46, 0.41], color=INK, linewidth=1.1)
    axis.annotate("backbone, pretrained", ((left + right) / 2, 0.5), ha="center", va="top", fontsize=10)


@styled
def training_plan(plans: Mapping[str, Mapping[str, float]], *, title: str = "") -> Picture:
    """Draw one row of boxes per plan: the parts of a network, each frozen or with the rate that it learns at.

    Args:
        plans: by the plan's name, a learning rate for every part, from input to output; 0 means frozen. All plans have
            the same parts in the same order.
        title: a line above the diagram.

    Raises:
        CourseError: there is no plan, a rate is negative, or two plans have other parts.
    """
    parts = _parts(plans)
    rates = [rate for plan in plans.values() for rate in plan.values() if rate]
    figure, (axis,) = new_figure(0.9 + 0.62 * len(plans))
    bare(axis)
    axis.set(xlim=(-0.6, len(parts) - 0.4), ylim=(len(plans) - 0.5, -0.95), facecolor=PANEL)
    for place, part in enumerate(parts):
        axis.annotate(part, (place, -0.65), ha="center", va="center", weight="bold")
    axis.set_yticks(range(len(plans)), list(plans))
    axis.tick_params(length=0)
    for row, plan in enumerate(plans.values()):
        for place, rate in enumerate(plan.values()):
            _box(axis, place, row, _words(rate), _opacity(rate, rates))
    headline(figure, title)
    told = [f"{name}: {', '.join(f'{p} {_words(r)}' for p, r in plan.items())}" for name, plan in plans.items()]
    table = [{"plan": name, **{part: _words(rate) for part, rate in plan.items()}} for name, plan in plans.items()]
    return Picture(figure, f"{lead(title)}What learns, from input to output. {'; '.join(told)}.", table)


def _parts(plans: Mapping[str, Mapping[str, float]]) -> list[str]:
    if not plans:
        raise CourseError("There is no plan to draw; give at least one.")
    first, *others = plans
    for name in others:
        if list(plans[name]) != list(plans[first]):
            raise CourseError(f"The plan {name!r} has other parts than {first!r}: {', '.join(plans[name])}.")
    for name, plan in plans.items():
        if any(rate < 0 for rate in plan.values()):
            raise CourseError(f"The plan {name!r} has a rate below 0; 0 means frozen.")
    return list(plans[first])


def _words(rate: float) -> str:
    return scientific(rate) if rate else "frozen"


def _opacity(rate: float, rates: list[float]) -> float:
    """Return how dark a rate is drawn, on a logarithmic scale; 0 for a frozen part."""
    if not rate:
        return 0
    low, high = np.log(min(rates)), np.log(max(rates))
    share = (np.log(rate) - low) / (high - low) if high > low else 1.0
    return float(_LOW + share * (_HIGH - _LOW))


def _box(axis: Axes, place: int, row: int, words: str, opacity: float | None) -> None:
    """Draw a part, and the arrow that leads to it; opacity 0 means frozen, None that it has no weights."""
    box = FancyBboxPatch(
        (place - _WIDTH / 2, row - _HEIGHT / 2),
        _WIDTH,
        _HEIGHT,
        boxstyle="round,pad=0,rounding_size=0.08",
        linewidth=1.4,
        edgecolor=_COLOUR if opacity else _GREY,
        facecolor=(_COLOUR, opacity) if opacity else PANEL if opacity is None else FAINT,
        hatch="//" if opacity == 0 else None,
    )
    axis.add_patch(box)
    plate = {"facecolor": PANEL, "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    axis.annotate(words, (place, row), ha="center", va="center", color=INK, fontsize=10, bbox=plate)
    if place:
        start, end = place - 1 + _WIDTH / 2, place - _WIDTH / 2
        axis.annotate("", (end, row), (start, row), arrowprops={"arrowstyle": "-|>", "color": _GREY})
