"""Diagrams of what is trained: a network's parts from input to output, frozen or at which rate, step by step."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import FAINT, INK, PANEL, bare, headline, new_figure, styled
from course_utils.figures.words import lead, scientific

_LOW, _HIGH = (0.22, 0.62)  # opacity of the lowest and of the highest rate
_COLOUR = "#0072B2"


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
            _box(axis, place, row, rate, rates)
            if place:
                axis.annotate(
                    "", (place - 0.43, row), (place - 0.57, row), arrowprops={"arrowstyle": "-|>", "color": "#888888"}
                )
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


def _box(axis: Axes, place: int, row: int, rate: float, rates: list[float]) -> None:
    box = FancyBboxPatch(
        (place - 0.38, row - 0.3),
        0.76,
        0.6,
        boxstyle="round,pad=0,rounding_size=0.08",
        linewidth=1.4,
        edgecolor=_COLOUR if rate else "#888888",
        facecolor=(_COLOUR, _opacity(rate, rates)) if rate else FAINT,
        hatch=None if rate else "//",
    )
    axis.add_patch(box)
    plate = {"facecolor": PANEL, "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    axis.annotate(_words(rate), (place, row), ha="center", va="center", color=INK, bbox=plate)


def _opacity(rate: float, rates: list[float]) -> float:
    """Return how dark a rate is drawn, on a logarithmic scale."""
    low, high = np.log(min(rates)), np.log(max(rates))
    share = (np.log(rate) - low) / (high - low) if high > low else 1.0
    return float(_LOW + share * (_HIGH - _LOW))


def _words(rate: float) -> str:
    return scientific(rate) if rate else "frozen"
