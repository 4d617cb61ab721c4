"""Curves as SVG, for labs: drawn in a millisecond, from any thread, and sharp at every size.

Matplotlib takes a fifth of a second per picture and shares its settings between threads. A lab draws ten pictures a
second during a training run, while the learner's own cells may draw as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import floor, log10

from course_utils.figures.style import Mark

_WIDTH, _HEIGHT = 680, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 16, 34, 110  # margins, in SVG units
_LEGEND = 2  # columns below the axis, with room for three rows, so that a new ghost moves nothing
_INK, _GREY = "#222222", "#595959"
_DASHES = {"-": "", "--": "7 4", "-.": "8 3 2 3", ":": "2 3"}


@dataclass(frozen=True)
class Line:
    """One curve: points of (x, share in 0..1), in the order of x.

    ``faint`` draws it as the ghost of an earlier run; ``band`` holds (x, lowest, highest) at each x.
    """

    name: str
    points: Sequence[tuple[float, float]]
    mark: Mark
    faint: bool = False
    band: Sequence[tuple[float, float, float]] = ()


def curves(
    lines: Sequence[Line],
    *,
    title: str,
    alt: str,
    x_label: str,
    x_end: float,
    ticks: Sequence[tuple[float, str]] = (),
    level: tuple[str, float] | None = None,
    marked: tuple[str, float] | None = None,
) -> str:
    """Return an accessible picture of the lines; the y axis shows accuracy, 0 to 100 %.

    Args:
        lines: drawn in this order, the last on top.
        title: the text above the picture.
        alt: what the picture shows, in words.
        x_label: the name of the x axis.
        x_end: the end of the x axis, above 0; longer lines extend it.
        ticks: places on the x axis and their names; round numbers by default.
        level: the name and height of a horizontal line, such as an alarm.
        marked: the name and place of a vertical line, such as the learner's guess.
    """
    x_end = max([x_end, *(x for line in lines for x, _ in line.points)])

    def at(x: float, y: float) -> tuple[float, float]:
        across, up = min(max(x / x_end, 0), 1), min(max(y, 0), 1.0)
        return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _TOP + (1 - up) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 18, title, bold=True)]
    right, bottom = at(x_end, 0)
    for share in (0, 0.2, 0.4, 0.6, 0.8, 1):
        _, y = at(0, share)
        parts.append(f'<line x1="{_LEFT}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        parts.append(_text(_LEFT - 6, y + 4, f"{100 * share:.0f} %", anchor="end"))
    for place, name in ticks or _round_places(x_end):
        parts.append(_text(at(place, 0)[0], bottom + 16, name, anchor="middle"))
    parts.append(_text((_LEFT + right) / 2, bottom + 34, x_label, anchor="middle"))
    if level is not None:
        _, y = at(0, level[1])
        parts.append(f'<line x1="{_LEFT}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#B00020"/>')
        parts.append(_text(_LEFT + 4, y + 13, level[0], colour="#B00020"))
    if marked is not None:
        x, _ = at(marked[1], 0)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP}" y2="{bottom:.1f}" stroke="{_INK}"/>')
        parts.append(_text(x + 4, bottom - 6, marked[0]))
    for number, line in enumerate(lines):
        if line.band:
            edge = [at(x, low) for x, low, _ in line.band] + [at(x, high) for x, _, high in reversed(line.band)]
            parts.append(f'<polygon points="{_pairs(edge)}" fill="{line.mark.colour}" opacity="0.15"/>')
        parts.append(_drawn(line, [at(x, y) for x, y in line.points]))
        row, column = divmod(number, _LEGEND)
        x, y = _LEFT + column * (_WIDTH - _LEFT) / _LEGEND, bottom + 58 + 18 * row
        parts.append(_drawn(line, [(x, y - 4), (x + 28, y - 4)]))
        parts.append(_text(x + 36, y, line.name))
    return (
        f'<svg role="img" aria-label="{escape(alt)}" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        ' style="max-width:100%;height:auto;background:white;border-radius:8px;font:12px sans-serif">'
        f"{''.join(parts)}</svg>"
    )


def _round_places(x_end: float) -> list[tuple[float, str]]:
    """Return at most six places, at multiples of 1, 2 or 5 times a power of ten."""
    power = 10 ** floor(log10(x_end / 5))
    step = next(power * times for times in (1, 2, 5, 10) if power * times * 5 >= x_end * (1 - 1e-9))
    return [(step * i, f"{step * i:g}") for i in range(6) if step * i <= x_end]


def _drawn(line: Line, places: Sequence[tuple[float, float]]) -> str:
    """Return a line with its markers; a faint line has open markers, so that more than colour tells it apart."""
    dashes = "1 4" if line.faint else _DASHES[line.mark.dashes]
    fill = "white" if line.faint else line.mark.colour
    drawn = (
        f'<polyline points="{_pairs(places)}" fill="none" stroke="{line.mark.colour}" stroke-width="2"'
        f' stroke-dasharray="{dashes}"/>'
    )
    return drawn + "".join(_marker(line.mark, x, y, fill) for x, y in places)


def _marker(mark: Mark, x: float, y: float, fill: str) -> str:
    paint = f'fill="{fill}" stroke="{mark.colour}"'
    if mark.marker == "o":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" {paint}/>'
    corners = {"s": ((-3, -3), (3, -3), (3, 3), (-3, 3)), "^": ((-4, 3), (4, 3), (0, -4))}.get(
        mark.marker, ((0, -4), (4, 0), (0, 4), (-4, 0))
    )
    return f'<polygon points="{_pairs([(x + dx, y + dy) for dx, dy in corners])}" {paint}/>'


def _pairs(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _text(x: float, y: float, text: str, *, anchor: str = "start", bold: bool = False, colour: str = _GREY) -> str:
    style = f' font-weight="bold" fill="{_INK}"' if bold else f' fill="{colour}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(text)}</text>'
