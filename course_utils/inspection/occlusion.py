"""Where in a picture the evidence for a class lies."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError


def occlusion_map(
    probabilities: Callable[[NDArray[np.float32]], Any],
    image: NDArray[Any],
    class_index: int,
    *,
    size: int = 8,
    stride: int = 4,
) -> NDArray[np.float32]:
    """Cover one square of the picture after another and measure how far the class's probability falls.

    After Zeiler and Fergus (2014). The cover is the picture's mean colour. Each pixel gets the mean over all squares
    that cover it.

    Args:
        probabilities: maps pictures ``(n, height, width, 3)`` in [0, 255] to ``(n, classes)``: a Keras model, or
            any function.
        image: ``(height, width, 3)`` in [0, 255].
        class_index: the class in question.
        size: side of the square in pixels, from 1 to the picture's shorter side.
        stride: pixels from one square to the next, 1..size, so that every pixel is covered.

    Returns:
        float32 ``(height, width)``, -1..1: above 0 where the pixels are evidence for the class, below 0 where against.

    Raises:
        CourseError: size or stride is out of range, or there is no such class.
    """
    height, width = image.shape[:2]
    if not 1 <= size <= min(height, width) or not 1 <= stride <= size:
        raise CourseError(
            f"size={size} and stride={stride} do not fit: size must lie in 1..{min(height, width)} and stride in "
            "1..size."
        )
    corners = [(y, x) for y in _starts(height, size, stride) for x in _starts(width, size, stride)]
    pictures = np.repeat(image[None].astype(np.float32), len(corners) + 1, axis=0)
    for picture, (y, x) in zip(pictures[1:], corners, strict=True):
        picture[y : y + size, x : x + size] = image.mean(axis=(0, 1))
    scores = keras.ops.convert_to_numpy(probabilities(pictures))
    if not 0 <= class_index < scores.shape[1]:
        raise CourseError(f"class_index={class_index} does not exist; the classes are 0..{scores.shape[1] - 1}.")
    falls = scores[0, class_index] - scores[1:, class_index]
    total, covers = np.zeros((height, width)), np.zeros((height, width))
    for fall, (y, x) in zip(falls, corners, strict=True):
        total[y : y + size, x : x + size] += fall
        covers[y : y + size, x : x + size] += 1
    return (total / covers).astype(np.float32)


def _starts(length: int, size: int, stride: int) -> list[int]:
    """Return where the squares begin along one axis; the last ends at the edge."""
    return sorted({*range(0, length - size + 1, stride), length - size})
