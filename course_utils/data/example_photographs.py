"""Photographs that come with scikit-image and scikit-learn, in colour and at a real network's size: no download."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage import color, data, transform
from sklearn.datasets import load_sample_image

from course_utils.errors import CourseError

_SIZE = 224
_MOST_TILES = 4  # of one photograph, so that none outweighs the others

_PHOTOGRAPHS: dict[str, Callable[[], NDArray[Any]]] = {
    "cat": data.chelsea,
    "coffee": data.coffee,
    "rocket": data.rocket,
    "astronaut": data.astronaut,
    "temple": lambda: load_sample_image("china.jpg"),
    "dahlia": lambda: load_sample_image("flower.jpg"),
    "motorcycle": lambda: data.stereo_motorcycle()[0],
    "retina": data.retina,
    "tissue": data.immunohistochemistry,
    "stars": data.hubble_deep_field,
    "cameraman": data.camera,
    "brick": data.brick,
    "grass": data.grass,
    "gravel": data.gravel,
    "coins": data.coins,
    "moon": data.moon,
}


def photograph(name: str, *, size: int = _SIZE) -> NDArray[np.uint8]:
    """Return the largest centred square of a photograph, resized to uint8 ``(size, size, 3)``.

    Raises:
        CourseError: there is no photograph of that name; the message lists them.
    """
    if name not in _PHOTOGRAPHS:
        raise CourseError(f"There is no photograph {name!r}. They are: {', '.join(_PHOTOGRAPHS)}.")
    picture = _in_colour(name)
    side = min(picture.shape[:2])
    top, left = ((length - side) // 2 for length in picture.shape[:2])
    square = transform.resize(picture[top : top + side, left : left + side], (size, size), anti_aliasing=True)
    pixels: NDArray[np.uint8] = np.rint(255 * square).astype(np.uint8)
    return pixels


def photograph_tiles(*, size: int = _SIZE) -> NDArray[np.uint8]:
    """Return squares cut side by side from every photograph at its own resolution, at most four of each.

    Returns:
        uint8 ``(n, size, size, 3)``.

    Raises:
        CourseError: a photograph is smaller than ``size`` pixels.
    """
    tiles = []
    for name in _PHOTOGRAPHS:
        picture = _in_colour(name)
        if min(picture.shape[:2]) < size:
            raise CourseError(f"size={size} is more than the photograph {name!r} has; ask for a smaller size.")
        rows, columns = (range(0, length - size + 1, size) for length in picture.shape[:2])
        corners = [(y, x) for y in rows for x in columns]
        chosen = np.linspace(0, len(corners) - 1, min(_MOST_TILES, len(corners))).astype(int)
        tiles += [picture[y : y + size, x : x + size] for y, x in (corners[i] for i in chosen)]
    return np.stack(tiles)


def _in_colour(name: str) -> NDArray[np.uint8]:
    picture = _PHOTOGRAPHS[name]()
    coloured: NDArray[np.uint8] = picture if picture.ndim == 3 else color.gray2rgb(picture)
    return coloured
