"""Iterated function systems: a few shrinking maps, applied at random, draw leaves, ferns and dust.

Pretraining on such pictures alone is known to help (Kataoka et al. 2020, "Pre-training without Natural Images").
"""

import numpy as np

from course_utils.data.drawing.colour import paint, random_colours
from course_utils.data.drawing.fields import Field, uniform

_STEPS, _WALKERS = 24, 80


def fractal_maps(index: int) -> np.ndarray:
    """Return the affine maps of one fractal, ``(maps, 2, 3)``: rotated, shrunken, shifted copies of the whole."""
    rng = np.random.default_rng([5, index])
    count = int(rng.integers(2, 5))
    shrink = rng.uniform(0.35, 0.78, (count, 2))
    turn, skew = rng.uniform(-np.pi, np.pi, count), rng.uniform(-0.6, 0.6, count)
    maps = np.zeros((count, 2, 3))
    maps[:, 0, :2] = np.stack([np.cos(turn) * shrink[:, 0], -np.sin(turn + skew) * shrink[:, 1]], -1)
    maps[:, 1, :2] = np.stack([np.sin(turn) * shrink[:, 0], np.cos(turn + skew) * shrink[:, 1]], -1)
    maps[:, :, 2] = rng.uniform(-0.6, 0.6, (count, 2))
    return maps


def draw_fractal(rng: np.random.Generator, n: int, size: int, maps: np.ndarray) -> Field:
    """Draw ``n`` coloured pictures of one fractal, ``(n, size, size, 3)`` in 0..1, each with slightly varied maps."""
    shaky = maps[None] * rng.uniform(0.93, 1.05, (n, *maps.shape))
    points = rng.uniform(-0.5, 0.5, (n, _WALKERS, 2))
    weight = np.abs(np.linalg.det(maps[:, :, :2])) + 0.08
    orbit = []
    for step_number in range(_STEPS):
        choice = rng.choice(len(maps), (n, _WALKERS), p=weight / weight.sum())
        chosen = shaky[np.arange(n)[:, None], choice]
        points = chosen[..., 0] * points[..., :1] + chosen[..., 1] * points[..., 1:] + chosen[..., 2]
        if step_number >= 5:
            orbit.append(points)
    cloud = np.concatenate(orbit, 1)
    cloud = cloud - np.median(cloud, 1, keepdims=True)
    cloud = cloud / np.maximum(np.quantile(np.abs(cloud), 0.95, axis=(1, 2), keepdims=True), 1e-3)
    angle = rng.uniform(-0.4, 0.4, n)
    spin = np.stack([np.stack([np.cos(angle), np.sin(angle)], -1), np.stack([-np.sin(angle), np.cos(angle)], -1)], 1)
    cloud = (spin[:, None, 0] * cloud[..., :1] + spin[:, None, 1] * cloud[..., 1:]) * rng.uniform(0.6, 0.95, (n, 1, 1))
    pixel = np.floor((cloud + 1) / 2 * size).astype(int)
    held = ((pixel >= 0) & (pixel < size)).all(-1)
    flat = (np.arange(n)[:, None] * size + np.clip(pixel[..., 1], 0, size - 1)) * size
    flat = flat + np.clip(pixel[..., 0], 0, size - 1)
    hits = np.bincount(flat[held], minlength=n * size * size).reshape(n, size, size).astype(np.float32)
    glow = np.clip(np.log1p(hits) / uniform(rng, 0.9, 1.8, n), 0, 1)
    return paint(glow.astype(np.float32), *random_colours(rng, n))
