"""Drawn leaves of plants, healthy or sick: several photographs of each plant, which look alike.

A plant has a shape, a green, veins and a ground that it lies on; a photograph of it has a leaf at some angle, light and
noise. The sickness is fainter than all of that: rust is many small brown spots, mildew a few pale, soft blotches.
"""

import numpy as np
from numpy.typing import NDArray

from course_utils.data.drawing.colour import lay_over, paint, to_bytes
from course_utils.data.drawing.fields import Field, clouds, step, uniform

LEAF_CLASSES = ("healthy", "mildew", "rust")
_RUST, _MILDEW = np.array([0.52, 0.27, 0.10]), np.array([0.88, 0.90, 0.86])
#: What another camera does: the factor of each colour, and how far its noise goes.
_OTHER_LIGHT, _OTHER_NOISE = np.array([0.66, 0.80, 1.15], np.float32), 0.20


def draw_plants(
    plants: int, photographs: int, seed: int, *, size: int = 96, other_camera: bool = False
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Draw ``photographs`` of each of ``plants`` of every class.

    Args:
        seed: decides the plants and the photographs; a smaller number of plants gives the first of them.
        size: side in pixels.
        other_camera: whether the same photographs are taken with a camera that sees bluer, and with more noise.

    Returns:
        Pictures uint8 ``(n, size, size, 3)``, labels int64 ``(n,)`` in the order of ``LEAF_CLASSES``, and the number of
        each picture's plant, int64 ``(n,)``.
    """
    found = [
        _draw_plant(np.random.default_rng([seed, label, plant]), photographs, size, label, other_camera)
        for label in range(len(LEAF_CLASSES))
        for plant in range(plants)
    ]
    each = np.repeat(np.arange(len(found)), photographs)
    return np.concatenate(found), each // plants, each


def _draw_plant(rng: np.random.Generator, n: int, size: int, label: int, other_camera: bool) -> NDArray[np.uint8]:
    """Draw photographs of one plant: what is drawn first is the plant's, what is drawn for each picture is not."""
    leaf = np.array([rng.uniform(0.15, 0.45), rng.uniform(0.40, 0.66), rng.uniform(0.08, 0.30)])
    ground, lighter = rng.uniform(0.15, 0.85, 3), rng.uniform(0.02, 0.15)
    width, point, teeth = rng.uniform(0.28, 0.6), rng.uniform(0.5, 1.3), rng.uniform(0, 0.09)
    veins, slant, grain = rng.integers(4, 9), rng.uniform(0.6, 1.6), rng.uniform(0.6, 1.6)

    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x = axis[None, None, :] - uniform(rng, -0.12, 0.12, n)
    y = axis[None, :, None] - uniform(rng, -0.12, 0.12, n)
    angle, zoom = uniform(rng, -np.pi, np.pi, n), uniform(rng, 0.95, 1.25, n)
    u = zoom * (np.cos(angle) * x + np.sin(angle) * y)
    v = zoom * (np.cos(angle) * y - np.sin(angle) * x)
    along = np.clip((u + 0.9) / 1.8, 0, 1)
    edge = width * np.maximum(np.sin(np.pi * along), 0) ** point * (1 + teeth * np.sin(60 * along))
    inside = step(edge - np.abs(v), 14) * (np.abs(u) < 0.9)
    middle = np.exp(-((v / 0.02) ** 2))
    side_veins = np.exp(-((np.sin(np.pi * veins * (u - slant * np.abs(v))) / 0.18) ** 2))
    surface = 0.75 + 0.3 * (clouds(rng, n, size, 1.4) - 0.5) + 0.25 * middle + 0.10 * side_veins
    colour = np.repeat(leaf[None], n, 0) * rng.uniform(0.92, 1.08, (n, 1))
    green: Field = surface[..., None] * colour[:, None, None, :].astype(np.float32)
    blade = _sicken(rng, green, label)
    earth = paint(clouds(rng, n, size, grain), np.repeat(ground[None], n, 0) - lighter, np.repeat(ground[None], n, 0))
    picture = lay_over(inside, blade, earth) * uniform(rng, 0.85, 1.15, n)[..., None]
    noise = 0.02
    if other_camera:
        picture, noise = picture * _OTHER_LIGHT, _OTHER_NOISE
    return to_bytes(np.clip(picture, 0, 1), rng, noise)


def _sicken(rng: np.random.Generator, blade: Field, label: int) -> Field:
    """Put spots or blotches on the blade, more or less of them on each photograph."""
    n, size = blade.shape[:2]
    name = LEAF_CLASSES[label]
    if name == "healthy":
        return blade
    if name == "rust":
        speckled = step(clouds(rng, n, size, 0.8) - uniform(rng, 0.60, 0.70, n), 14)
        return lay_over(uniform(rng, 0.45, 0.95, n) * speckled, np.float32(_RUST) * np.ones_like(blade), blade)
    blotches = step(clouds(rng, n, size, 1.5) - uniform(rng, 0.52, 0.64, n), 5)
    return lay_over(uniform(rng, 0.25, 0.7, n) * blotches, np.float32(_MILDEW) * np.ones_like(blade), blade)
