"""A figure that displays itself in a notebook, with a description and a table for people who cannot see it."""

import base64
import io
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from PIL import Image

from course_utils.files import replacing

_DPI = 170  # sharp on high-density screens; shown at 100 pixels per inch
_SAVING: dict[str, Any] = {"dpi": _DPI, "bbox_inches": "tight", "pad_inches": 0.13}

_WEBP = {"quality": 90, "method": 2}  # half the time of Pillow's default method, for 5 % more bytes


@dataclass(frozen=True, eq=False)
class Picture:
    """A Matplotlib figure, what it shows in one or two sentences, and its numbers.

    As the last line of a notebook cell it displays itself; before that, ``figure`` may be changed with Matplotlib's own
    methods. ``table`` is a list of rows, each a dict from column to value.
    """

    figure: Figure
    alt: str
    table: list[dict[str, Any]]

    def image(self) -> tuple[str, bytes]:
        """Return the figure as a file for the web: its format and its bytes.

        Charts are PNG. Figures that hold pictures are WebP: a tenth of the size with no visible difference.
        """
        kind = "webp" if any(axis.images for axis in self.figure.axes) else "png"
        stream = io.BytesIO()
        self.figure.savefig(stream, format=kind, pil_kwargs=_WEBP if kind == "webp" else {}, **_SAVING)
        return kind, stream.getvalue()

    def save(self, path: str | Path) -> Path:
        """Write the figure to a file in the format that its suffix names (``.png``, ``.svg``, ``.pdf``)."""
        path = Path(path)
        with replacing(path) as temporary:
            self.figure.savefig(temporary, **_SAVING)
        return path

    def html(self) -> str:
        """Return the figure as an ``<img>`` with its alternative text, and its table folded away below."""
        kind, content = self.image()
        data = base64.b64encode(content).decode()
        # The panel is light in every theme, like a printed page, so that pictures are judged against one background.
        width = Image.open(io.BytesIO(content)).width * 100 // _DPI
        image = (
            f'<img src="data:image/{kind};base64,{data}" alt="{escape(self.alt)}" width="{width}"'
            ' style="max-width:100%;height:auto;border-radius:8px">'
        )
        return image + (self._table_html() if self.table else "")

    def _table_html(self) -> str:
        columns = list(dict.fromkeys(column for row in self.table for column in row))
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(row.get(column, '')))}</td>" for column in columns) + "</tr>"
            for row in self.table
        )
        return (
            "<details><summary>The numbers</summary>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></details>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html(), "text/plain": self.alt}


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
