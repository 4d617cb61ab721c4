"""A diagram of retrieval: a question, the passages that a search found, and the model that writes the answer."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, PANEL, bare, headline, marks, new_figure, styled
from course_utils.figures.words import lead

_LOOK = marks(["source", "target"])
_WIDEST = 44  # characters of a text in a box
_BOX = 3.3  # half the width of a box


@styled
def retrieve_then_read(question: str, passages: Sequence[str], answer: str, *, title: str = "") -> Picture:
    """Draw a question, the passages that a search found for it, and the answer that a language model writes.

    Args:
        question: what is asked; it goes to the search and to the model.
        passages: what was found, the nearest first; 4 or fewer can be read.
        answer: what the model writes.
        title: a line above the drawing.

    Raises:
        CourseError: there is no passage.
    """
    if not passages:
        raise CourseError("Give at least one passage: without any there is nothing to read.")
    figure, (axis,) = new_figure(3.4)
    bare(axis)
    bottom = -1.15 * (len(passages) - 1) / 2 - 1.0
    axis.set(xlim=(-4.0, 20.0), ylim=(min(bottom, -1.9), 2.4), facecolor=PANEL)
    headline(figure, title)
    places = [0.575 * (len(passages) - 1) - 1.15 * number for number in range(len(passages))]
    for x, text in ((0.0, "question"), (8.0, "found by the search"), (16.0, "written by the model")):
        axis.text(x, 2.05, text, ha="center", va="center", fontsize=10)
    _box(axis, 0.0, 0.0, question, PANEL)
    for y, passage in zip(places, passages, strict=True):
        _box(axis, 8.0, y, passage, _LOOK["source"].colour)
        _arrow(axis, (_BOX + 0.2, 0.0), (8.0 - _BOX - 0.2, y))
        _arrow(axis, (8.0 + _BOX + 0.2, y), (16.0 - _BOX - 0.2, 0.0))
    _box(axis, 16.0, 0.0, answer, _LOOK["target"].colour)
    alt = (
        f'{lead(title)}The question "{question}" goes to a search, which finds {len(passages)} passages; the model '
        f'reads them with the question and writes "{answer}".'
    )
    table = [{"step": "question", "text": question}]
    table += [{"step": "found", "text": passage} for passage in passages]
    return Picture(figure, alt, [*table, {"step": "written", "text": answer}])


def _box(axis: Axes, x: float, y: float, text: str, colour: str) -> None:
    """Draw a text in a box, in two lines at most."""
    words, lines = text.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > _WIDEST // 2 and len(lines) < 2:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    lines = [line if len(line) <= _WIDEST // 2 + 6 else f"{line[: _WIDEST // 2 + 3]}..." for line in lines]
    shape = FancyBboxPatch(
        (x - _BOX, y - 0.42), 2 * _BOX, 0.84, boxstyle="round,pad=0.06", ec=INK, fc=colour, alpha=0.4
    )
    axis.add_patch(shape)
    axis.text(x, y, "\n".join(lines), ha="center", va="center", fontsize=10)


def _arrow(axis: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axis.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": INK, "lw": 0.9})
