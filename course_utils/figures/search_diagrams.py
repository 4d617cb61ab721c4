"""A diagram of successive halving: how many settings train, and for how long."""

from collections.abc import Sequence

from matplotlib.patches import Rectangle

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, PANEL, marks, new_figure, styled
from course_utils.figures.words import lead

_TRAINED = marks(["target"])["target"].colour


@styled
def halving_diagram(counts: Sequence[int], checkpoints: Sequence[int], *, title: str = "") -> Picture:
    """Draw a box for every round: as wide as its epochs, as high as its settings, so that its area is what it costs.

    Args:
        counts: how many settings train in each round, 1 or more.
        checkpoints: the epoch at which each round ends, rising from 1 or more.
        title: a line above the drawing.

    Raises:
        CourseError: the two don't belong together, or the checkpoints don't rise.
    """
    ends = list(checkpoints)
    if not counts or len(counts) != len(ends) or ends != sorted(set(ends)) or min(*counts, ends[0]) < 1:
        raise CourseError(
            f"counts={list(counts)} and checkpoints={ends} must be as many, the checkpoints rising from 1."
        )
    figure, (axis,) = new_figure(3.4)
    axis.set(xlim=(0, ends[-1]), ylim=(0, 1.12 * max(counts)), facecolor=PANEL, title=title)
    axis.set(xlabel="epochs", ylabel="settings in training")
    axis.grid(False)
    begins, table = [0, *ends[:-1]], []
    for count, begin, end in zip(counts, begins, ends, strict=True):
        axis.add_patch(
            Rectangle((begin, 0), end - begin, count, facecolor=_TRAINED, alpha=0.45, edgecolor=INK, linewidth=1.1)
        )
        axis.annotate(
            str(count), ((begin + end) / 2, count), xytext=(0, 4), textcoords="offset points", ha="center", fontsize=10
        )
        table.append({"from epoch": begin, "to epoch": end, "settings": count, "epochs in all": count * (end - begin)})
    axis.set_xticks([0, *ends])
    told = ", ".join(f"{row['settings']} from epoch {row['from epoch']} to {row['to epoch']}" for row in table)
    return Picture(
        figure, f"{lead(title)}Settings in training: {told}. Each box's area is what the round costs.", table
    )
