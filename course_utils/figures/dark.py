"""A figure for dark pages, made from its pixels: panel and ink change places; hues and pictures stay as they are."""

from typing import Any

import numpy as np
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

#: By its lightness on a light page, the lightness of a colour on a dark one: from ink over lines and grid to the panel.
_LIGHT = (0.0, 0.13, 0.37, 0.65, 0.85, 1.0)
_DARK = (0.95, 0.9, 0.66, 0.58, 0.26, 0.07)
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


def darkened(pixels: NDArray[Any], pictures: list[tuple[slice, slice]]) -> NDArray[np.uint8]:
    """Return what turns a figure dark when it lies over the light one, uint8 ``(height, width, 4)``.

    Args:
        pixels: the figure on its light panel, uint8 ``(height, width, 3)``.
        pictures: the rectangles, as rows and columns, that stay as they are: there the result is transparent.
    """
    light = pixels.astype(np.float32) / 255
    lightness = light @ _LUMA
    shift = np.interp(lightness, _LIGHT, _DARK).astype(np.float32) - lightness
    dark = np.full((*lightness.shape, 4), 255, np.uint8)
    dark[..., :3] = np.rint(255 * np.clip(light + shift[..., None], 0, 1))
    for place in pictures:
        dark[place] = 0
    return dark


def picture_places(figure: Figure, shown: Bbox, dpi: float) -> list[tuple[slice, slice]]:
    """Return where a drawn figure has pictures, heat maps and colour bars, as rows and columns of its pixels.

    Args:
        figure: already drawn, so that its layout is final.
        shown: the part of the figure that the pixels show, in inches.
        dpi: pixels per inch.
    """
    places = []
    to_inches = figure.dpi_scale_trans.inverted()
    for axis in figure.axes:
        parts: list[Any] = [*axis.images, *(part for part in axis.collections if isinstance(part, QuadMesh))]
        for part in parts:
            box = Bbox.intersection(part.get_window_extent(), axis.bbox)
            for cell in _filled(part, box) if box else ():
                inches = cell.transformed(to_inches)
                top, bottom = ((shown.y1 - y) * dpi for y in (inches.y1, inches.y0))
                left, right = ((x - shown.x0) * dpi for x in (inches.x0, inches.x1))
                places.append((slice(round(top), round(bottom)), slice(round(left), round(right))))
    return places


def _filled(part: AxesImage | QuadMesh, box: Bbox) -> list[Bbox]:
    """Return the whole box, or, where a number is missing and the panel shows through, the cells of the others."""
    missing = np.ma.getmaskarray(np.ma.asarray(part.get_array()))
    if not missing.any():
        return [box]
    rows, columns = missing.shape[:2]
    x, y = np.linspace(box.x0, box.x1, columns + 1), np.linspace(box.y1, box.y0, rows + 1)
    return [Bbox.from_extents(x[j], y[i + 1], x[j + 1], y[i]) for i, j in np.argwhere(~missing)]
