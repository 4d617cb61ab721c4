"""A diagram of a text's way through a network: pieces, ids, hidden states, one vector."""

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, PANEL, bare, headline, marks, new_figure, styled
from course_utils.figures.words import lead

_REAL = marks(["target"])["target"].colour
_STEPS = ("piece", "id", "states")


@styled
def sentence_to_vector(pieces: Sequence[str], ids: Sequence[int], *, title: str = "") -> Picture:
    """Draw the pieces of a row with their ids and hidden states, padding hatched, and the mean of the real ones.

    Args:
        pieces: of one row, padding included; 10 or fewer can be read.
        ids: as many numbers, 0 for padding.
        title: a line above the drawing.

    Raises:
        CourseError: there is no piece, or not one id for each.
    """
    if not pieces or len(pieces) != len(ids):
        raise CourseError(f"{len(pieces)} pieces and {len(ids)} ids: give one id for each piece, and at least one.")
    figure, (axis,) = new_figure(2.7)
    bare(axis)
    axis.set(xlim=(-1.3, len(pieces) + 1.7), ylim=(-1.75, 1.6), facecolor=PANEL)
    headline(figure, title)
    for y, name in zip((1.25, 0.8, 0.0), _STEPS, strict=True):
        axis.text(-0.55, y, name, ha="right", va="center", fontsize=10)
    for place, (piece, number) in enumerate(zip(pieces, ids, strict=True)):
        axis.text(place, 1.25, piece, ha="center", va="center", fontsize=10)
        axis.text(place, 0.8, str(number), ha="center", va="center", fontsize=10)
        look = {"facecolor": _REAL, "alpha": 0.45} if number else {"facecolor": PANEL, "hatch": "////"}
        axis.add_patch(Rectangle((place - 0.25, -0.45), 0.5, 0.9, edgecolor=INK, linewidth=1.1, **look))
        if number:
            arrow = {"arrowstyle": "-", "color": INK, "lw": 0.9}
            axis.annotate("", ((len(pieces) - 1) / 2, -1.2), (place, -0.48), arrowprops=arrow)
    axis.add_patch(Rectangle(((len(pieces) - 1) / 2 - 0.35, -1.55), 0.7, 0.4, facecolor=_REAL, edgecolor=INK))
    axis.text((len(pieces) - 1) / 2 + 0.5, -1.35, "mean of the real ones", ha="left", va="center", fontsize=10)
    real = sum(1 for number in ids if number)
    alt = (
        f"{lead(title)}A row of {len(pieces)} positions with their pieces and ids; {real} are real and "
        f"{len(pieces) - real} are padding, id 0. Each has a hidden state; lines lead from the real ones alone to one "
        "vector, their mean."
    )
    table = [{"piece": piece, "id": number, "counts": bool(number)} for piece, number in zip(pieces, ids, strict=True)]
    return Picture(figure, alt, table)
