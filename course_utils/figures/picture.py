"""A figure that displays itself in a notebook, with a description and a table for people who cannot see it."""

import base64
import hashlib
import io
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from course_utils.figures.dark import darkened, picture_places
from course_utils.files import replacing

_DPI = 170  # sharp on high-density screens; shown at 100 pixels per inch
_PAD = 0.13  # inches around what is drawn
_READABLE = 560  # pixels; a narrower page scrolls the figure sideways rather than shrink its texts further
_CHART: dict[str, Any] = {"lossless": True, "quality": 20, "method": 1}  # less than half of a PNG's size
_PICTURES: dict[str, Any] = {"quality": 90, "method": 2}  # a tenth, with no visible difference

# The dark themes of JupyterLab, Notebook 7 and Voila, of VS Code and of Colab; paper is light in every theme.
_DARK = (
    '<style>@media screen {{ :is([data-jp-theme-light="false"], .vscode-dark, [theme="dark"]) .{name}::after'
    ' {{ content: ""; position: absolute; inset: 0; background: url("{source}") 0 / 100% 100% }} }}</style>'
)


@dataclass(frozen=True, eq=False)
class Picture:
    """A Matplotlib figure, what it shows in one or two sentences, and its numbers.

    As the last line of a notebook cell it displays itself; before that, ``figure`` may be changed with Matplotlib's own
    methods. ``table`` is a list of rows, each a dict from column to value.
    """

    figure: Figure
    alt: str
    table: list[dict[str, Any]]

    def image(self) -> tuple[bytes, bytes]:
        """Return the figure as WebP, and what a dark page lays over it: all but the pictures, which show through."""
        self.figure.draw_without_rendering()
        shown = self.figure.get_tightbbox().padded(_PAD)
        stream = io.BytesIO()
        uncompressed = {"compress_level": 0}
        self.figure.savefig(stream, format="png", dpi=_DPI, bbox_inches=shown, pil_kwargs=uncompressed)
        light = np.asarray(Image.open(stream).convert("RGB"))
        places = picture_places(self.figure, shown, _DPI)
        return _webp(light, _PICTURES if places else _CHART), _webp(darkened(light, places), _CHART)

    def save(self, path: str | Path) -> Path:
        """Write the figure to a file in the format that its suffix names (``.png``, ``.svg``, ``.pdf``)."""
        path = Path(path)
        with replacing(path) as temporary:
            self.figure.savefig(temporary, dpi=_DPI, bbox_inches="tight", pad_inches=_PAD)
        return path

    def html(self) -> str:
        """Return the figure as an ``<img>`` with its alternative text, and its table folded away below.

        In a dark theme a style sheet makes it dark. Where style sheets are taken out, as on GitHub, it stays light.
        """
        light, dark = self.image()
        name = f"course-figure-{hashlib.sha256(light).hexdigest()[:12]}"
        width = Image.open(io.BytesIO(light)).width * 100 // _DPI
        image = (
            f'<span class="{name}" style="display:inline-block;position:relative;max-width:100%;'
            f'min-width:{min(width, _READABLE)}px;border-radius:8px;overflow:hidden">'
            f'<img src="{_address(light)}" alt="{escape(self.alt)}" width="{width}"'
            ' style="display:block;max-width:100%;height:auto"></span>'
        )
        style = _DARK.format(name=name, source=_address(dark))
        return style + image + (self._table_html() if self.table else "")

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


def _webp(pixels: NDArray[np.uint8], how: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "webp", **how)
    return stream.getvalue()


def _address(webp: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}"


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
