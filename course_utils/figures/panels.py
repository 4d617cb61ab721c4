"""Figures made of pictures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, WIDTH, bare, headline, marks, new_figure, styled
from course_utils.figures.words import count, lead, place

if TYPE_CHECKING:  # drawing needs no Keras
    from course_utils.data import Dataset
    from course_utils.inspection import ReceptiveField

# In inches: a line of text above the figure, one above a picture, and the gap between two pictures.
_TITLE, _CAPTION, _GAP = 0.38, 0.26, 0.06
_ABOVE = 0.055  # inches between a picture and its words
_PADDING = 190  # the grey around a picture
_MOST_CLASSES = 12  # in a gallery; more would fill several screens


@styled
def picture_grid(
    images: Sequence[NDArray[Any]] | NDArray[Any], titles: Sequence[str] = (), *, columns: int = 8, title: str = ""
) -> Picture:
    """Show pictures side by side.

    Args:
        images: uint8 pictures ``(height, width, 3)`` or ``(height, width)``; at least one.
        titles: a line above each picture; one per picture, or none.
        columns: the most pictures in a row.
        title: a line above the figure.

    Raises:
        CourseError: there are no pictures, or the number of titles differs.
    """
    if len(images) == 0:
        raise CourseError("images is empty; give at least one picture.")
    if len(titles) not in (0, len(images)):
        raise CourseError(f"{len(titles)} titles for {len(images)} pictures; give one for each, or none.")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    sheet = _Sheet(rows, columns, title, captions=bool(titles))
    for i, (image, text) in enumerate(zip(images, titles or [""] * len(images), strict=True)):
        sheet.show(*divmod(i, columns), image, text)
    listed = f": {', '.join(titles)}" if titles else ""
    alt = f"{lead(title)}{count(len(images), 'picture')} in {count(rows, 'row')}{listed}."
    return Picture(sheet.figure, alt, [{"picture": i, "title": text} for i, text in enumerate(titles)])


@styled
def class_gallery(dataset: "Dataset", per_class: int = 8, *, title: str = "", seed: int = 0) -> Picture:
    """Show a few training pictures of every class, one row per class.

    Args:
        dataset: pictures. Of more than 12 classes, 12 at most are shown, evenly chosen.
        per_class: the most pictures in a row; fewer if the smallest class has fewer.
        title: a line above the figure; default: the dataset's name.
        seed: decides which pictures are shown.
    """
    counts = np.bincount(dataset.train.labels, minlength=dataset.num_classes)
    few = dataset.train.few(min(per_class, int(counts.min())), seed)
    shown = range(0, dataset.num_classes, -(-dataset.num_classes // _MOST_CLASSES))
    title = title or dataset.name
    if len(shown) < dataset.num_classes:
        title += f" ({len(shown)} of {dataset.num_classes} classes)"
    rows = {dataset.class_names[label]: few.inputs[few.labels == label] for label in shown}
    sheet = _labelled_rows(rows, title)
    alt = f"{lead(title)}{len(few) // dataset.num_classes} pictures of each class: {', '.join(rows)}."
    table = [{"class": dataset.class_names[label], "training pictures": int(counts[label])} for label in shown]
    return Picture(sheet.figure, alt, table)


@styled
def filter_grid(kernels: NDArray[Any], *, titles: Sequence[str] = (), title: str = "") -> Picture:
    """Show convolution kernels as pictures: mid grey is a weight of 0, and each kernel has its own scale.

    A kernel without weights to speak of, less than a thousandth of the largest, stays grey.

    Args:
        kernels: ``(height, width, 3, n)``.
        titles: a line above each kernel, or none.
        title: a line above the figure.
    """
    largest = np.abs(kernels).max(axis=(0, 1, 2))
    scale = np.maximum(largest, largest.max() / 1000 + 1e-12)
    shown = np.rint(127.5 * (1 + kernels / scale)).astype(np.uint8)
    grid = picture_grid(
        list(np.moveaxis(shown, -1, 0)), titles, columns=min(16, max(8, kernels.shape[-1] // 4)), title=title
    )
    alt = f"{lead(title)}{count(kernels.shape[-1], 'filter')} of {kernels.shape[0]} by {kernels.shape[1]} weights."
    return Picture(grid.figure, alt, grid.table)


@styled
def response_maps(
    maps: Mapping[str, NDArray[Any]], *, image: NDArray[Any] | None = None, channels: int = 6, title: str = ""
) -> Picture:
    """Show how the strongest channels of each block respond to one picture; bright is a strong response.

    Args:
        maps: by the row's name, responses ``(h, w, channels)`` of 0 or more.
        image: the picture itself, shown first in every row.
        channels: maps in a row: the channels with the highest peaks.
        title: a line above the figure.
    """
    shown = {name: np.argsort(-block.max(axis=(0, 1)))[:channels] for name, block in maps.items()}
    first = int(image is not None)  # column of the first map
    sheet = _Sheet(len(maps), first + max(map(len, shown.values())), title, captions=True, label=0.9)
    table = []
    for row, (name, block) in enumerate(maps.items()):
        sheet.label(row, f"{name}\n{block.shape[0]} x {block.shape[1]}")
        if image is not None:
            sheet.show(row, 0, image)
        for column, channel in enumerate(shown[name], first):
            drawn = {"cmap": "magma", "vmin": 0, "interpolation": "nearest"}
            sheet.show(row, column, block[..., channel], f"channel {channel}", **drawn)
            table.append({"block": name, "channel": int(channel), "peak": float(block[..., channel].max())})
    sizes = ", ".join(f"{name} {block.shape[0]} by {block.shape[1]}" for name, block in maps.items())
    alt = f"{lead(title)}Response maps of the strongest channels of each block: {sizes} units; deeper maps are coarser."
    return Picture(sheet.figure, alt, table)


@styled
def patch_grid(
    patches: NDArray[Any], rows: Sequence[str], *, optimal: NDArray[Any] | None = None, title: str = ""
) -> Picture:
    """Show the patches that excite each channel most, one row per channel, the strongest first.

    Args:
        patches: uint8 ``(rows, k, side, side, 3)``, from ``favourite_patches``.
        rows: a name for each row.
        optimal: uint8 ``(rows, side, side, 3)``, from ``maximise_channels``; shown first, in a frame.
        title: a line above the figure.

    Raises:
        CourseError: the number of names or of optimal pictures differs from the number of rows of patches.
    """
    if len(rows) != len(patches) or (optimal is not None and len(optimal) != len(patches)):
        raise CourseError(f"{len(patches)} rows of patches need as many names (and optimal pictures, if any).")
    front = [[picture] for picture in optimal] if optimal is not None else [[] for _ in rows]
    sheet = _labelled_rows({n: [*first, *row] for n, first, row in zip(rows, front, patches, strict=True)}, title)
    if optimal is not None:
        for row in range(len(rows)):
            sheet.frame(row, 0, color=INK, linewidth=2)
        for column, text in enumerate(("drawn", "favourite patches, strongest first")):
            left, *_, top = sheet.box(0, column)
            sheet.axis.text(left, top - _ABOVE, text, fontsize=10.5)
    drawn = "the picture drawn to excite it and " if optimal is not None else ""
    alt = f"{lead(title)}For each of {', '.join(rows)}: {drawn}the {patches.shape[1]} patches that excite it most."
    return Picture(sheet.figure, alt, [])


@styled
def heat_over(
    panels: Mapping[str, tuple[NDArray[Any], NDArray[Any]]], *, title: str = "", label: str = "fall in probability"
) -> Picture:
    """Show pictures, and below each a map of numbers laid over it; one scale for all, so that they can be compared.

    Args:
        panels: by a name for each, the picture, uint8 ``(height, width, 3)``, and its map ``(height, width)``: 0 where
            there is no evidence; both signs are shown.
        title: a line above the figure.
        label: what the numbers are.

    Raises:
        CourseError: there is no panel.
    """
    if not panels:
        raise CourseError("panels is empty; give at least one picture with its map.")
    figure, axes = new_figure(0.8 + 2 * 0.83 * WIDTH / len(panels), 2, len(panels))  # the rest is the scale's
    bound = max(float(np.abs(heat).max()) for _, heat in panels.values()) or 1.0
    table, told = [], []
    above, below = axes[: len(panels)], axes[len(panels) :]
    for (name, (image, heat)), first, second in zip(panels.items(), above, below, strict=True):
        first.imshow(image, **_drawn(image))
        first.set_title(name, fontsize=10.5, fontweight="normal", loc="center", pad=4)
        grey = np.asarray(image, float).mean(axis=-1)
        second.imshow(grey, **_drawn(grey))
        alpha = 0.8 * np.abs(heat) / bound
        second.imshow(heat, cmap="PuOr", vmin=-bound, vmax=bound, alpha=alpha, interpolation="bilinear")
        y, x = np.unravel_index(int(heat.argmax()), heat.shape)
        told.append(f"{name}, {heat.max():.2f} {place(y / heat.shape[0], x / heat.shape[1])}")
        table.append({"picture": name, "row": int(y), "column": int(x), label: float(heat.max())})
    for axis in axes:
        bare(axis)
    scale = ScalarMappable(Normalize(-bound, bound), "PuOr")  # opaque, unlike the maps
    figure.colorbar(scale, ax=axes, label=label, shrink=0.85)
    headline(figure, title)
    return Picture(figure, f"{lead(title)}Where the {label} is largest, on one scale: {'; '.join(told)}.", table)


@styled
def receptive_field_boxes(image: NDArray[Any], fields: Mapping[str, "ReceptiveField"], *, title: str = "") -> Picture:
    """Show what one unit near the middle of each block can see, as a square on the picture.

    All panels have one scale. Where a field is wider than the picture, grey padding is shown around it.

    Args:
        image: uint8 ``(side, side, 3)``.
        fields: from ``receptive_fields``.
        title: a line above the figure.
    """
    sheet = _Sheet(1, len(fields), title, captions=True)
    side = len(image)
    windows = [f.window(max(0, round(((side - f.size) / 2 - f.start) / max(f.stride, 1)))) for f in fields.values()]
    margin = max(0, *(max(-first, last - side) for first, last in windows))
    padded = np.pad(image, ((margin, margin), (margin, margin), (0, 0)), constant_values=_PADDING)
    for column, ((name, mark), window) in enumerate(zip(marks(list(fields)).items(), windows, strict=True)):
        sheet.show(0, column, padded, f"{name}: {fields[name].size} pixels")
        seen = tuple((np.array(window) + margin) / len(padded))
        for colour, width in (("white", 5), (mark.colour, 2.5)):
            sheet.frame(0, column, seen, color=colour, linewidth=width)
    sizes = ", ".join(f"{name} {field.size}" for name, field in fields.items())
    alt = (
        f"{lead(title)}Squares on a picture of {side} pixels: what one unit sees grows with depth; in pixels, {sizes}."
    )
    return Picture(sheet.figure, alt, [{"block": n, "pixels": f.size, "stride": f.stride} for n, f in fields.items()])


def _labelled_rows(rows: Mapping[str, Any], title: str) -> "_Sheet":
    sheet = _Sheet(len(rows), max(len(pictures) for pictures in rows.values()), title, label=1.2)
    for row, (name, pictures) in enumerate(rows.items()):
        sheet.label(row, name)
        for column, picture in enumerate(pictures):
            sheet.show(row, column, picture)
    return sheet


class _Sheet:
    """Square pictures in rows and columns, with captions above them and labels at the left.

    All pictures share one set of axes, measured in inches: a set for each would cost Matplotlib a second.
    """

    def __init__(self, rows: int, columns: int, title: str, *, captions: bool = False, label: float = 0.0) -> None:
        self._cell = min((WIDTH - label) / columns, 1.5)
        self._line = self._cell + _CAPTION * captions
        width = min(max(self._cell * columns + label, 3.0 + 0.085 * max(0, len(title) - 24)), WIDTH)
        height = rows * self._line
        above = height + _TITLE * bool(title)
        self.figure = Figure(figsize=(width, above))
        self.axis = self.figure.add_axes((label / width, 0, 1 - label / width, height / above))
        self.axis.set(xlim=(0, width - label), ylim=(height, 0), autoscale_on=False)
        self.axis.axis("off")
        headline(self.figure, title)

    def box(self, row: int, column: int) -> tuple[float, float, float, float]:
        """Return the left, right, bottom and top of a picture, in inches from the upper left corner."""
        left, bottom = column * self._cell, (row + 1) * self._line
        return left, left + self._cell - _GAP, bottom, bottom - self._cell + _GAP

    def show(self, row: int, column: int, image: NDArray[Any], caption: str = "", **drawn: Any) -> None:
        """Show a picture, or a map of numbers in the style that ``drawn`` gives."""
        left, right, _, top = box = self.box(row, column)
        self.axis.imshow(image, extent=box, aspect="auto", **(drawn or _drawn(image)))
        self.axis.text((left + right) / 2, top - _ABOVE, caption, ha="center", fontsize=10.5)

    def label(self, row: int, text: str) -> None:
        *_, bottom, top = self.box(row, 0)
        self.axis.text(-_ABOVE, (bottom + top) / 2, text, ha="right", va="center", fontsize=10.5)

    def frame(self, row: int, column: int, part: tuple[float, float] = (0, 1), **drawn: Any) -> None:
        """Draw a square around part of a picture; ``part`` is its range, in 0..1, along both axes."""
        left, right, bottom, top = self.box(row, column)
        first, last = part
        corner, size = (left + first * (right - left), top + first * (bottom - top)), (last - first) * (right - left)
        self.axis.add_patch(Rectangle(corner, size, size, fill=False, **drawn))


def _drawn(image: NDArray[Any]) -> dict[str, Any]:
    """Return how to show a picture; most are enlarged smoothly, since pixels are samples, not squares."""
    enlarged = "bicubic" if image.shape[0] > 12 else "nearest"
    return {"cmap": "gray" if image.ndim == 2 else None, "vmin": 0, "vmax": 255, "interpolation": enlarged}
