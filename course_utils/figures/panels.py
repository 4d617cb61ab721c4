"""Figures made of pictures."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.figures.picture import Picture
from course_utils.figures.style import INK, WIDTH, bare, headline, marks, new_figure, styled
from course_utils.figures.words import count, lead, place

if TYPE_CHECKING:  # drawing needs no Keras
    from course_utils.inspection import ReceptiveField
    from course_utils.worlds import Dataset

# In inches: a line of text above the figure, one above a picture, and what is left free between two pictures.
_TITLE, _CAPTION, _GAP = 0.38, 0.26, 0.06


@styled
def picture_grid(
    images: Sequence[NDArray] | NDArray, titles: Sequence[str] = (), *, columns: int = 8, title: str = ""
) -> Picture:
    """Pictures side by side.

    Args:
        images: uint8 pictures ``(height, width, 3)`` or ``(height, width)``; one at least.
        titles: a line above each picture; none, or as many as there are pictures.
        columns: pictures in a row, at most.
        title: a line above the figure.

    Raises:
        CourseError: no picture, or another number of titles.
    """
    if len(images) == 0:
        raise CourseError("images is empty; give at least one picture.")
    if len(titles) not in (0, len(images)):
        raise CourseError(f"{len(titles)} titles for {len(images)} pictures; give one for each, or none.")
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    figure, axes = _grid(rows, columns, title, caption=bool(titles))
    for axis, image in zip(axes, images, strict=False):
        _show(axis, image)
    for axis, text in zip(axes, titles, strict=False):
        axis.set_title(text, fontsize=10.5, fontweight="normal", loc="center", pad=4)
    listed = f": {', '.join(titles)}" if titles else ""
    alt = f"{lead(title)}{count(len(images), 'picture')} in {count(rows, 'row')}{listed}."
    return Picture(figure, alt, [{"picture": i, "title": text} for i, text in enumerate(titles)])


@styled
def class_gallery(dataset: "Dataset", per_class: int = 8, *, title: str = "", seed: int = 0) -> Picture:
    """A few training pictures of every class, one row a class."""
    few = dataset.train.few(per_class, seed)
    rows = {name: few.images[few.labels == label] for label, name in enumerate(dataset.class_names)}
    figure = _labelled_rows(rows, title or dataset.name)
    alt = f"{lead(title or dataset.name)}{per_class} pictures of each class: {', '.join(dataset.class_names)}."
    counts = np.bincount(dataset.train.labels, minlength=dataset.num_classes)
    return Picture(figure, alt, [{"class": n, "training pictures": int(c)} for n, c in zip(rows, counts, strict=True)])


@styled
def filter_grid(kernels: NDArray, *, titles: Sequence[str] = (), title: str = "") -> Picture:
    """Convolution kernels as pictures: mid grey is a weight of 0, and each kernel has its own scale.

    Args:
        kernels: ``(height, width, 3, n)``.
        titles: a line above each, or none.
        title: a line above the figure.
    """
    scale = np.maximum(np.abs(kernels).max(axis=(0, 1, 2)), 1e-12)
    shown = np.rint(127.5 * (1 + kernels / scale)).astype(np.uint8)
    grid = picture_grid(
        list(np.moveaxis(shown, -1, 0)), titles, columns=min(16, max(8, kernels.shape[-1] // 4)), title=title
    )
    alt = f"{lead(title)}{count(kernels.shape[-1], 'filter')} of {kernels.shape[0]} by {kernels.shape[1]} weights."
    return Picture(grid.figure, alt, grid.table)


@styled
def response_maps(
    maps: Mapping[str, NDArray], *, image: NDArray | None = None, channels: int = 6, title: str = ""
) -> Picture:
    """What the strongest channels of each block answer to one picture; bright is a strong response.

    Args:
        maps: for each row's name, responses ``(h, w, channels)`` of 0 and above.
        image: the picture itself, shown first in every row.
        channels: maps in a row; those with the highest peak.
        title: a line above the figure.
    """
    shown = {name: np.argsort(-block.max(axis=(0, 1)))[:channels] for name, block in maps.items()}
    columns = max(len(c) for c in shown.values()) + (image is not None)
    figure, axes = _grid(len(maps), columns, title, caption=True, label=0.9)
    table = []
    for row, (name, block) in enumerate(maps.items()):
        cells = axes[row * columns : (row + 1) * columns]
        _label(cells[0], f"{name}\n{block.shape[0]} x {block.shape[1]}")
        if image is not None:
            _show(cells.pop(0), image)
        for axis, channel in zip(cells, shown[name], strict=False):
            axis.imshow(block[..., channel], cmap="magma", vmin=0, interpolation="nearest")
            axis.set_title(f"channel {channel}", fontsize=9.5, fontweight="normal", loc="center", pad=3)
            table.append({"block": name, "channel": int(channel), "peak": float(block[..., channel].max())})
    sizes = ", ".join(f"{name} {block.shape[0]} by {block.shape[1]}" for name, block in maps.items())
    alt = f"{lead(title)}Response maps of the strongest channels of each block: {sizes} units; deeper maps are coarser."
    return Picture(figure, alt, table)


@styled
def patch_grid(patches: NDArray, rows: Sequence[str], *, optimal: NDArray | None = None, title: str = "") -> Picture:
    """The patches that excite each channel most, one row a channel, the strongest first.

    Args:
        patches: uint8 ``(rows, k, side, side, 3)``, from ``favourite_patches``.
        rows: a name for each row.
        optimal: uint8 ``(rows, side, side, 3)``, from ``maximise_channels``: shown first, set apart by a frame.
        title: a line above the figure.

    Raises:
        CourseError: another number of names or of optimal pictures than of rows.
    """
    if len(rows) != len(patches) or (optimal is not None and len(optimal) != len(patches)):
        raise CourseError(f"{len(patches)} rows of patches need as many names (and optimal pictures, if any).")
    front = [[picture] for picture in optimal] if optimal is not None else [[] for _ in rows]
    figure = _labelled_rows({n: [*first, *row] for n, first, row in zip(rows, front, patches, strict=True)}, title)
    per_row = patches.shape[1] + (optimal is not None)
    if optimal is not None:
        for axis in figure.axes[::per_row]:
            axis.add_patch(Rectangle((0, 0), 1, 1, transform=axis.transAxes, fill=False, color=INK, linewidth=4))
        first, second = figure.axes[:2]
        first.set_title("drawn", fontsize=10.5, fontweight="normal", loc="left", pad=5)
        # Not a title, which would push the columns apart to make room for itself.
        second.annotate(
            "favourite patches, strongest first",
            (0, 1),
            xycoords="axes fraction",
            xytext=(0, 5),
            textcoords="offset points",
            in_layout=False,
        )
    drawn = "the picture drawn to excite it and " if optimal is not None else ""
    alt = f"{lead(title)}For each of {', '.join(rows)}: {drawn}the {patches.shape[1]} patches that excite it most."
    return Picture(figure, alt, [])


@styled
def heat_over(image: NDArray, heat: NDArray, *, title: str = "", label: str = "fall in probability") -> Picture:
    """A picture, a map of numbers over its pixels, and the map laid over the picture.

    Args:
        image: uint8 ``(height, width, 3)``.
        heat: ``(height, width)``, 0 where nothing is to be said; both signs are shown.
        title: a line above the figure.
        label: what the numbers are.
    """
    figure, (first, second, third) = new_figure(3.3, 1, 3)
    bound = max(float(np.abs(heat).max()), 1e-9)
    _show(first, image)
    _show(third, np.repeat(np.asarray(image, float).mean(axis=-1, keepdims=True), 3, axis=-1).astype(np.uint8))
    for axis, alpha in ((second, 1.0), (third, 0.8 * np.abs(heat) / bound)):
        bare(axis)
        shown = axis.imshow(heat, cmap="PuOr", vmin=-bound, vmax=bound, alpha=alpha, interpolation="bilinear")
        if axis is second:
            figure.colorbar(shown, ax=[first, second, third], label=label, shrink=0.85)
    for axis, text in ((first, "picture"), (second, "evidence"), (third, "together")):
        axis.set_title(text, fontsize=10.5, fontweight="normal", loc="center", pad=4)
    headline(figure, title)
    y, x = np.unravel_index(int(heat.argmax()), heat.shape)
    alt = f"{lead(title)}The {label} is largest, {heat.max():.2f}, {place(y / heat.shape[0], x / heat.shape[1])}."
    return Picture(figure, alt, [{"row": int(y), "column": int(x), label: float(heat.max())}])


@styled
def receptive_field_boxes(image: NDArray, fields: Mapping[str, "ReceptiveField"], *, title: str = "") -> Picture:
    """What one unit near the middle of each block can see, as a square on the picture.

    Args:
        image: uint8 ``(side, side, 3)``.
        fields: from ``receptive_fields``.
        title: a line above the figure.
    """
    figure, axes = _grid(1, len(fields), title, caption=True)
    side = len(image)
    for axis, (name, mark), field in zip(axes, marks(list(fields)).items(), fields.values(), strict=True):
        _show(axis, image)
        unit = max(0, round(((side - field.size) / 2 - field.start) / max(field.stride, 1)))
        first, last = (int(np.clip(pixel, 0, side)) for pixel in field.window(unit))
        for colour, width in (("white", 5), (mark.colour, 2.5)):
            axis.add_patch(
                Rectangle((first - 0.5, first - 0.5), last - first, last - first, fill=False, color=colour, lw=width)
            )
        axis.set_title(f"{name}: {field.size} pixels", fontsize=10.5, fontweight="normal", loc="center", pad=4)
    sizes = ", ".join(f"{name} {field.size}" for name, field in fields.items())
    alt = (
        f"{lead(title)}Squares on a picture of {side} pixels: what one unit sees grows with depth; in pixels, {sizes}."
    )
    return Picture(figure, alt, [{"block": n, "pixels": f.size, "stride": f.stride} for n, f in fields.items()])


def _labelled_rows(rows: Mapping[str, Any], title: str) -> Figure:
    columns = max(len(pictures) for pictures in rows.values())
    figure, axes = _grid(len(rows), columns, title, caption=False, label=1.2)
    for row, (name, pictures) in enumerate(rows.items()):
        cells = axes[row * columns : (row + 1) * columns]
        _label(cells[0], name)
        for axis, picture in zip(cells, pictures, strict=False):
            _show(axis, picture)
    return figure


def _grid(rows: int, columns: int, title: str, *, caption: bool, label: float = 0.0) -> tuple[Figure, list[Axes]]:
    """Square cells, no wider than 1.5 inches, with room for captions above them and labels at the left."""
    cell = min((WIDTH - label) / columns, 1.5)
    width = min(max(cell * columns + label, 3.0 + 0.085 * max(0, len(title) - 24)), WIDTH)
    line = cell + _CAPTION * caption
    height = rows * line + _TITLE * bool(title)
    figure = Figure(figsize=(width, height))
    # Put in place by hand: finding places that nobody disputes takes Matplotlib's layout engine a second.
    size = (cell - _GAP) / width, (cell - _GAP) / height
    axes = [
        figure.add_axes(
            ((label + column * cell) / width, (height - _TITLE * bool(title) - (row + 1) * line) / height, *size)
        )
        for row in range(rows)
        for column in range(columns)
    ]
    for axis in axes:
        bare(axis)
    headline(figure, title)
    return figure, axes


def _show(axis: Axes, image: NDArray) -> None:
    """Show a picture; small ones are enlarged smoothly, since their pixels are samples, not squares."""
    bare(axis)
    enlarged = "bicubic" if image.shape[0] > 12 else "nearest"
    axis.imshow(image, cmap="gray" if image.ndim == 2 else None, vmin=0, vmax=255, interpolation=enlarged)


def _label(axis: Axes, text: str) -> None:
    axis.set_ylabel(text, rotation=0, ha="right", va="center", fontsize=10.5, labelpad=6)
