"""Diagrams that explain: what learns and what stays as it is."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, PANEL, bare, marks, new_figure, styled

_BLOCKS = 4
_FEATURE_EXTRACTION, _FINE_TUNING = "Feature extraction", "Fine-tuning"
#: By the name of a row, how many blocks of the backbone learn, the last ones first.
_LEARNING = {_FEATURE_EXTRACTION: 0, _FINE_TUNING: 2}
_HEIGHT, _WIDTH, _STEP = 0.62, 1.0, 1.22  # of a box, and from one box to the next


@styled
def frozen_and_unfrozen() -> Picture:
    """Draw a backbone with a head twice: with all of the backbone frozen, and with its last two blocks unfrozen.

    Frozen boxes are hatched and say so; boxes that learn are filled.
    """
    figure, axes = new_figure(3.7, 2, 1)
    for axis, (name, learning) in zip(axes, _LEARNING.items(), strict=True):
        _chain(axis, learning)
        axis.set_title(name)
    table = [
        {"": name, "frozen": _blocks(1, _BLOCKS - learning), "trained": _trained(learning)}
        for name, learning in _LEARNING.items()
    ]
    told = "; ".join(f"{row['']}: {row['frozen']} frozen, {row['trained']} trained" for row in table)
    alt = (
        f"A picture passes through {_BLOCKS} blocks, the backbone; then through global average pooling and the head, "
        f"to the classes. {told}."
    )
    return Picture(figure, alt, table)


def _blocks(first: int, last: int) -> str:
    return f"blocks {first} to {last}"


def _trained(learning: int) -> str:
    return f"{_blocks(_BLOCKS - learning + 1, _BLOCKS)} and the head" if learning else "the head"


def _chain(axis: Axes, learning: int) -> None:
    """Draw one row of boxes, of which the last ``learning`` blocks and the head are trained."""
    bare(axis)
    axis.set(xlim=(-0.62, 7 * _STEP + 0.62), ylim=(-1.05, 0.5), facecolor=PANEL)
    texts = ["picture", *(f"block {n}" for n in range(1, _BLOCKS + 1)), "average\npool", "head", "classes"]
    for place, text in enumerate(texts):
        block, head = 1 <= place <= _BLOCKS, text == "head"
        trained = head or (block and place > _BLOCKS - learning)
        _box(axis, place * _STEP, text, "trained" if trained else "frozen" if block else "")
        if place:
            start, end = (place - 1) * _STEP + _WIDTH / 2, place * _STEP - _WIDTH / 2
            axis.annotate("", (end, 0), (start, 0), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.1})
    left, right = _STEP - _WIDTH / 2, _BLOCKS * _STEP + _WIDTH / 2
    axis.plot([left, left, right, right], [-0.66, -0.72, -0.72, -0.66], color=INK, linewidth=1.1)
    axis.text((left + right) / 2, -0.78, "backbone, pretrained", ha="center", va="top", fontsize=10)


def _box(axis: Axes, x: float, text: str, state: str) -> None:
    colour = marks(["pretrained", "scratch"])["pretrained" if state == "frozen" else "scratch"].colour
    looks: dict[str, dict[str, Any]] = {
        "": {"facecolor": PANEL, "edgecolor": "#888888"},
        "frozen": {"facecolor": PANEL, "edgecolor": colour, "hatch": "///", "linewidth": 1.2},
        "trained": {"facecolor": colour, "edgecolor": colour, "alpha": 0.35},
    }
    corner = (x - _WIDTH / 2, -_HEIGHT / 2)
    axis.add_patch(FancyBboxPatch(corner, _WIDTH, _HEIGHT, boxstyle="round,pad=0,rounding_size=0.08", **looks[state]))
    words = f"{text}\n{state}" if state else text
    axis.text(
        x,
        0,
        words,
        ha="center",
        va="center",
        fontsize=10,
        linespacing=1.25,
        bbox={"facecolor": PANEL, "edgecolor": "none", "pad": 0.8} if state == "frozen" else None,
    )
