"""The cover picture of a lesson: an SVG beside its source, in the colours of the page that shows it."""

import base64
import re
from pathlib import Path

from nbformat import NotebookNode

from course_utils.errors import CourseError

#: An image can't see the page that it is on, so in a notebook it gets colours that are at least 3:1 on white and on
#: black, on no ground of its own.
_TONES = {
    "text": "#6f7985",
    "edge": "#7d8894",
    "paper": "none",
    "target": "#2a86c8",
    "source": "#cc6224",
    "rate-1": "#2a86c81f",
    "rate-2": "#2a86c852",
    "rate-3": "#2a86c885",
    "rate-4": "#2a86c8b8",
    "rate-5": "#2a86c8",
}
_LABEL = re.compile(r'aria-label="([^"]*)"')


def read_cover(source: Path) -> str | None:
    """Return the cover of the lesson with this source as SVG for a page with the course's colours; none has none."""
    path = source.parent / "covers" / f"{source.stem}.svg"
    return path.read_text(encoding="utf-8") if path.exists() else None


def attach_cover(notebook: NotebookNode, source: Path) -> None:
    """Show the cover, if there is one, below the title of a lesson: an attachment, so that no file can get lost.

    Raises:
        CourseError: the cover has no ``aria-label`` or uses a colour that is none of the course's.
    """
    cover = read_cover(source)
    title = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if cover is None or title is None:
        return
    words = _LABEL.search(cover)
    if not words:
        raise CourseError(f"The cover of {source} has no words: give its svg element an aria-label.")
    heading, _, rest = title.source.partition("\n")
    title.source = f"{heading}\n\n![{words[1]}](attachment:cover.svg)\n\n{rest.lstrip()}"
    image = _standing_alone(cover, source).encode()
    title.attachments = NotebookNode({"cover.svg": {"image/svg+xml": base64.b64encode(image).decode()}})


def _standing_alone(cover: str, source: Path) -> str:
    """Return the SVG as a file of its own: with a name space, a size, and its colours filled in."""

    def tone(found: re.Match[str]) -> str:
        if found[1] not in _TONES:
            raise CourseError(f"The cover of {source} uses --{found[1]}; the colours are {', '.join(_TONES)}.")
        return _TONES[found[1]]

    filled = re.sub(r"var\(--([a-z0-9-]+)\)", tone, cover)
    return filled.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" width="252" height="144" ', 1)
