"""A lesson's cover: one drawing of what it is about, which its first cell and the desk show."""

import re
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from course_utils.errors import CourseError

_COVERS = Path(__file__).parent / "cover_drawings"
# In the page's own text colour, so that it is readable in light and dark; the colours of tasks are Okabe and Ito's.
_COLOURS = (
    "--text:currentColor;--edge:color-mix(in srgb,currentColor 55%,transparent);"
    "--paper:var(--jp-layout-color0,Canvas);--target:#0072B2;--source:#D55E00;"
) + "".join(f"--rate-{rate}:color-mix(in srgb,#0072B2 {18 * rate + 10}%,transparent);" for rate in range(6))


@dataclass(frozen=True)
class Cover:
    """A drawing as SVG, with its alternative text; it shows itself as the last line of a notebook's cell."""

    svg: str

    @property
    def alt(self) -> str:
        """What the drawing shows, in a sentence."""
        found = re.search('aria-label="([^"]*)"', self.svg)
        return unescape(found[1]) if found else ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        html = f'<div style="max-width:336px;{_COLOURS}">{self.svg}</div>'
        return {"text/html": html, "text/plain": self.alt}


def cover(lesson: str) -> Cover:
    """Return the cover of a lesson.

    Args:
        lesson: the two digits of its number, such as "05".

    Raises:
        CourseError: it has none.
    """
    drawn = {path.stem: path for path in sorted(_COVERS.glob("*.svg"))}
    if lesson not in drawn:
        raise CourseError(f"There is no cover for lesson {lesson!r}. There is one for each of {', '.join(drawn)}.")
    return Cover(drawn[lesson].read_text(encoding="utf-8"))
