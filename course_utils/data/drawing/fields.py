"""Building blocks of drawn pictures: coordinates, noise and point patterns, for a whole batch at once.

Everything here takes a NumPy random generator and the number ``n`` and side ``size`` of the pictures, and
returns float32 arrays of shape ``(n, size, size)``. Drawing a batch together is what makes it fast.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.floating[Any]]


def per_picture(values: object) -> Field:
    """Give one number per picture the shape ``(n, 1, 1)``, so that it broadcasts over pixels."""
    return np.asarray(values, np.float32)[:, None, None]


def uniform(rng: np.random.Generator, low: float, high: float, n: int) -> Field:
    """One random number per picture, shape ``(n, 1, 1)``."""
    return per_picture(rng.uniform(low, high, n))


def plane(
    rng: np.random.Generator, n: int, size: int, scale: tuple[float, float], turn: float = np.pi
) -> tuple[Field, Field]:
    """Coordinates ``u, v``, rotated, scaled and shifted at random, differently for each picture.

    ``scale`` is the range of periods a picture holds from side to side; ``turn`` is the largest rotation in
    radians.
    """
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size - 0.5
    x, y = np.meshgrid(axis, axis)
    angle, zoom = uniform(rng, -turn, turn, n), uniform(rng, *scale, n)
    u = zoom * (np.cos(angle) * x + np.sin(angle) * y) + uniform(rng, 0, 100, n)
    v = zoom * (np.cos(angle) * y - np.sin(angle) * x) + uniform(rng, 0, 100, n)
    return u, v


def stretch(field: Field) -> Field:
    """Stretch each picture's values to fill 0..1."""
    low = field.min(axis=(1, 2), keepdims=True)
    high = field.max(axis=(1, 2), keepdims=True)
    stretched: Field = (field - low) / np.maximum(high - low, 1e-6)
    return stretched


def step(field: Field, sharpness: float | Field) -> Field:
    """A soft threshold at 0: 0 below, 1 above, with an edge ``1 / sharpness`` wide."""
    soft: Field = 1 / (1 + np.exp(-np.clip(field * sharpness * 4, -30, 30)))
    return soft


def wave(phase: Field) -> Field:
    """A sine between 0 and 1 that repeats when ``phase`` grows by 1."""
    sine: Field = 0.5 + 0.5 * np.sin(2 * np.pi * phase)
    return sine


def filtered_noise(rng: np.random.Generator, n: int, size: int, gain: Field) -> Field:
    """White noise with its spectrum shaped by ``gain`` (shape ``(n or 1, size, size // 2 + 1)``), as 0..1."""
    white = rng.standard_normal((n, size, size), dtype=np.float32)
    return stretch(np.fft.irfft2(np.fft.rfft2(white) * gain, s=(size, size)).astype(np.float32))


def frequencies(size: int) -> tuple[Field, Field]:
    """The frequency grid of ``rfft2``, in cycles per picture: ``fx, fy``, shape ``(1, size, size // 2 + 1)``."""
    fy = np.fft.fftfreq(size, 1 / size).astype(np.float32)[None, :, None]
    fx = np.fft.rfftfreq(size, 1 / size).astype(np.float32)[None, None, :]
    return np.broadcast_to(fx, (1, size, size // 2 + 1)), np.broadcast_to(fy, (1, size, size // 2 + 1))


def clouds(rng: np.random.Generator, n: int, size: int, slope: float) -> Field:
    """Noise whose amplitude falls as ``1 / f ** slope``: 0 is white, 1 is like photographs, 2 is smooth."""
    fx, fy = frequencies(size)
    return filtered_noise(rng, n, size, 1 / np.maximum(np.hypot(fx, fy), 1) ** slope)


def band(rng: np.random.Generator, n: int, size: int, cycles: tuple[float, float], spread: float = np.inf) -> Field:
    """Noise around one frequency (``cycles`` per picture); a finite ``spread`` in radians gives it a direction."""
    fx, fy = frequencies(size)
    centre = uniform(rng, *cycles, n)
    gain = np.exp(-(((np.hypot(fx, fy) - centre) / (0.22 * centre)) ** 2))
    if np.isfinite(spread):
        off = np.arctan2(fy, fx) - uniform(rng, -np.pi, np.pi, n)
        gain = gain * np.exp(-((np.sin(off) / spread) ** 2))
    return filtered_noise(rng, n, size, gain)


def nearest(
    rng: np.random.Generator, n: int, size: int, points: tuple[int, int]
) -> tuple[Field, Field, NDArray[np.intp]]:
    """Distances to the nearest and second nearest of scattered points, and which point is nearest.

    Distances are in units of the typical spacing. The points sit in the cells of a jittered grid that is
    ``points`` cells wide (Worley 1996).
    """
    cells = int(rng.integers(*points, endpoint=True))
    corner = np.stack(np.meshgrid(np.arange(-1, cells + 1), np.arange(-1, cells + 1)), -1).reshape(-1, 2)
    sites = corner + rng.uniform(0.05, 0.95, (n, len(corner), 2))
    axis = ((np.arange(size) + 0.5) / size * cells).astype(np.float32)
    dx = axis[None, None, None, :] - sites[:, :, 0, None, None].astype(np.float32)
    dy = axis[None, None, :, None] - sites[:, :, 1, None, None].astype(np.float32)
    distance = dx**2 + dy**2
    which = distance.argmin(1)
    first = np.take_along_axis(distance, which[:, None], 1)
    np.put_along_axis(distance, which[:, None], np.inf, 1)
    return np.sqrt(first[:, 0]), np.sqrt(distance.min(1)), which


def segment_distance(size: int, starts: Field, ends: Field) -> Field:
    """Distance of every pixel to the nearest of ``k`` line segments; ``starts`` and ``ends`` are ``(n, k, 2)``.

    Pictures span -1..1 in both directions, and so do the distances.
    """
    axis = ((np.arange(size, dtype=np.float32) + 0.5) / size) * 2 - 1
    nearest_yet = np.full((len(starts), size, size), np.inf, np.float32)
    for a, b in zip(np.moveaxis(starts, 1, 0), np.moveaxis(ends, 1, 0), strict=True):
        along = (b - a).astype(np.float32)
        length = np.maximum((along**2).sum(-1), 1e-8)
        px = axis[None, None, :] - per_picture(a[:, 0])
        py = axis[None, :, None] - per_picture(a[:, 1])
        t = np.clip((px * per_picture(along[:, 0]) + py * per_picture(along[:, 1])) / per_picture(length), 0, 1)
        gap = (px - t * per_picture(along[:, 0])) ** 2 + (py - t * per_picture(along[:, 1])) ** 2
        np.minimum(nearest_yet, gap, out=nearest_yet)
    return np.sqrt(nearest_yet)
