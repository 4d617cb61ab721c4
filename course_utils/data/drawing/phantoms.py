"""Drawn medical scans: slices of an imaginary organ, half of them with a subtle lesion.

In radiology, a phantom is a test object with known contents. These look a little like tomography: an oval body,
brighter ribs of tissue, vessels, grain. The lesion is a faint, soft-edged, ragged spot, a little brighter than its
surroundings. All scans contain harmless look-alikes: round vessels seen end-on, small, sharp and bright.
"""

import numpy as np

from course_utils.data.drawing.fields import Field, band, clouds, per_picture, step, uniform


def draw_scan(rng: np.random.Generator, n: int, size: int, lesion: bool) -> Field:
    """Draw ``n`` grey scans with or without a lesion, ``(n, size, size, 3)`` in 0..1."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    x = axis[None, None, :] - uniform(rng, -0.06, 0.06, n)
    y = axis[None, :, None] - uniform(rng, -0.06, 0.06, n)
    angle = uniform(rng, -0.25, 0.25, n)
    px, py = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    r = np.hypot(px / uniform(rng, 0.8, 0.95, n), py / uniform(rng, 0.66, 0.85, n))
    body, wall = step(1 - r, 10), step(0.07 - np.abs(r - 0.96), 14)
    tissue = 0.34 + 0.16 * (clouds(rng, n, size, 1.7) - 0.5) + 0.08 * (band(rng, n, size, (5, 9)) - 0.5)
    picture = body * tissue + 0.45 * wall
    for side in (-1, 1):
        lobe = np.hypot((px - side * 0.36) / uniform(rng, 0.22, 0.3, n), (py + 0.05) / uniform(rng, 0.36, 0.5, n))
        picture = picture - 0.16 * step(1 - lobe, 4)
    for _ in range(3):
        picture = picture + 0.3 * _spot(rng, n, px, py, (0.035, 0.06), edge=0.0)
    if lesion:
        picture = picture + uniform(rng, 0.2, 0.36, n) * _spot(rng, n, px, py, (0.17, 0.27), edge=0.35)
    grain = rng.standard_normal(picture.shape, dtype=np.float32) * uniform(rng, 0.015, 0.035, n)
    return np.repeat(np.clip(picture + grain, 0, 1)[..., None], 3, -1)


def _spot(rng: np.random.Generator, n: int, px: Field, py: Field, radius: tuple[float, float], edge: float) -> Field:
    """Draw a round spot inside the body; ``edge`` makes its outline soft and ragged."""
    place, far = rng.uniform(0, 2 * np.pi, n), 0.6 * np.sqrt(rng.uniform(0, 1, n))
    dx = px - per_picture(far * np.cos(place))
    dy = py - per_picture(0.85 * far * np.sin(place))
    wobble = 1 + edge * (clouds(rng, n, px.shape[-1], 1.2) - 0.5) * 2
    gap = np.hypot(dx, dy) / uniform(rng, *radius, n)
    return np.exp(-((gap * wobble) ** 2)) if edge else step(1 - gap, 3)
