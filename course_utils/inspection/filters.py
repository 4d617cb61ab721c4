"""First-layer filters: what they look like, and whether they prefer an orientation or a colour."""

from functools import lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.errors import CourseError

ANGLES = np.arange(16) * np.pi / 16
_QUADRATURE = (0, -np.pi / 2)  # a cosine and a sine give the response at every phase
_COLOUR_AXES = np.array([[1, 1, 1], [1, -1, 0], [1, 1, -2]]) / np.sqrt([[3], [2], [6]])  # grey, and two opponent axes
_CHANCE = 99  # percentile of random filters that a filter must exceed to count as selective


def first_layer_filters(backbone: keras.Model) -> NDArray[np.float32]:
    """Return the kernels of the first convolution, the only ones that can be viewed as pictures.

    Returns:
        float32 ``(height, width, 3, n)``, one kernel per filter.

    Raises:
        CourseError: the network has no convolution that reads a colour picture.
    """
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.Conv2D) and layer.kernel.shape[2] == 3:
            kernels: NDArray[np.float32] = keras.ops.convert_to_numpy(layer.kernel).astype(np.float32)
            return kernels
    raise CourseError(
        f"{backbone.name!r} has no convolution over red, green and blue; pass the backbone itself, not a "
        "model that contains it."
    )


def gratings(size: int, angles: ArrayLike, frequencies: ArrayLike, phases: ArrayLike) -> NDArray[np.float32]:
    """Return sinusoidal gratings, the test pictures of vision research.

    Args:
        size: side in pixels.
        angles: direction of the bars in radians, as a protractor has it: 0 is level, and it grows counter-clockwise.
        frequencies: cycles per pixel, above 0, at most 0.5.
        phases: shift of the bars in radians.

    Returns:
        float32 in [-1, 1], ``(angles, frequencies, phases, size, size)``.
    """
    rows, columns = np.indices((size, size)) - (size - 1) / 2
    angle = np.asarray(angles, float)[:, None, None, None, None]
    frequency = np.asarray(frequencies, float)[:, None, None, None]
    phase = np.asarray(phases, float)[:, None, None]
    across = columns * np.sin(angle) + rows * np.cos(angle)
    pictures: NDArray[np.float32] = np.cos(2 * np.pi * frequency * across + phase).astype(np.float32)
    return pictures


def default_frequencies(size: int) -> NDArray[np.float64]:
    """Return six frequencies that a filter of this size can tell apart, in cycles per pixel."""
    return np.linspace(min(0.5 / size, 0.2), 0.4, 6)  # 0.5 / size is half a cycle per filter


def grating_responses(
    kernels: NDArray[Any], angles: ArrayLike = ANGLES, frequencies: ArrayLike | None = None
) -> NDArray[np.float32]:
    """Return how strongly each filter responds to black-and-white gratings that drift past it.

    Args:
        kernels: ``(side, side, 3, n)``.
        angles, frequencies: as for ``gratings``; by default six frequencies that suit the filter's size.

    Returns:
        float32 ``(n, angles, frequencies)``: half the range of the response over all phases, 0 or more.
    """
    _check(kernels)
    chosen = default_frequencies(len(kernels)) if frequencies is None else frequencies
    pictures = gratings(len(kernels), angles, chosen, _QUADRATURE)
    responses = np.einsum("afpyx,yxn->nafp", pictures, kernels.sum(axis=2))
    strengths: NDArray[np.float32] = np.linalg.norm(responses, axis=-1).astype(np.float32)
    return strengths


def filter_selectivity(kernels: NDArray[Any]) -> list[dict[str, Any]]:
    """Measure whether each filter prefers an orientation or a colour.

    Both scores are shares of the filter's energy (the sum of its squared weights), so they do not depend on its scale:

    - ``orientation``: the share that one black-and-white grating explains at the best angle and frequency, minus the
      share that the same grating explains when turned by 90 degrees. An edge or a bar scores high. A round blob
      responds to both angles alike and scores 0. Noise is not explained by any grating. (The usual index, 1 - circular
      variance of Ringach, Shapley and Hawken 2002, divides out the amplitude, so it mistakes much noise for tuning.)
    - ``colour``: the share that the best grating or uniform field explains when painted in two opposite colours, such
      as red and green. Black-and-white filters score 0.

    A filter counts as ``oriented`` or ``coloured`` if it scores above 99 % of random (Gaussian) filters of the same
    shape, so about one random filter in fifty is ``selective``.

    Args:
        kernels: ``(side, side, 3, n)``.

    Returns:
        One row per filter: ``filter``, ``orientation`` (0..1), ``angle`` (of the bars it prefers, in degrees 0..180,
        90 is upright), ``frequency`` (cycles per pixel), ``colour`` (0..1), and the booleans ``oriented``, ``coloured``
        and ``selective`` (either).

    Raises:
        CourseError: the kernels are not square, or not over three colours.
    """
    _check(kernels)
    orientation, angle, frequency, colour = _scores(kernels)
    needed_orientation, needed_colour = _chance_levels(len(kernels))
    oriented, coloured = orientation > needed_orientation, colour > needed_colour
    return [
        {
            "filter": i,
            "orientation": float(orientation[i]),
            "angle": float(np.degrees(angle[i])),
            "frequency": float(frequency[i]),
            "colour": float(colour[i]),
            "oriented": bool(oriented[i]),
            "coloured": bool(coloured[i]),
            "selective": bool(oriented[i] or coloured[i]),
        }
        for i in range(kernels.shape[-1])
    ]


def _scores(kernels: NDArray[Any]) -> tuple[NDArray[np.float64], ...]:
    """Return the orientation, preferred angle, best frequency and colour of every filter."""
    frequencies = default_frequencies(len(kernels))
    energy = np.maximum((kernels**2).sum(axis=(0, 1, 2)), 1e-12)
    grey, *opponent = np.einsum("yxcn,uc->uyxn", kernels, _COLOUR_AXES)

    explained = _explained(grey, frequencies).sum(axis=-1)
    quarter_turn = len(ANGLES) // 2
    preference = (explained - np.roll(explained, quarter_turn, axis=1)).reshape(len(energy), -1)
    best = preference.argmax(axis=1)
    angle, frequency = np.unravel_index(best, explained.shape[1:])

    # A frequency of almost 0 is a uniform field.
    coloured = np.sum([_explained(axis, np.array([1e-6, *frequencies])) for axis in opponent], axis=0)
    return (
        preference[np.arange(len(energy)), best] / energy,
        ANGLES[angle],
        frequencies[frequency],
        coloured.max(axis=(1, 2, 3)) / energy,
    )


def _explained(planes: NDArray[Any], frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the energy of each plane ``(side, side, n)`` along every grating: ``(n, angles, frequencies, 2)``."""
    pictures = gratings(len(planes), ANGLES, frequencies, _QUADRATURE).astype(float)
    pictures /= np.maximum(np.linalg.norm(pictures, axis=(-1, -2), keepdims=True), 1e-3)
    energy: NDArray[np.float64] = np.einsum("afpyx,yxn->nafp", pictures, planes) ** 2
    return energy


@lru_cache
def _chance_levels(side: int) -> tuple[float, float]:
    """Return the orientation and colour scores that 99 % of random filters of this side stay below."""
    kernels = np.random.default_rng(0).normal(size=(side, side, 3, 4000))
    orientation, _, _, colour = _scores(kernels)
    return float(np.percentile(orientation, _CHANCE)), float(np.percentile(colour, _CHANCE))


def _check(kernels: NDArray[Any]) -> None:
    if kernels.ndim != 4 or kernels.shape[0] != kernels.shape[1] or kernels.shape[2] != 3:
        raise CourseError(
            f"kernels has shape {kernels.shape}; give (side, side, 3, filters), as first_layer_filters returns."
        )
