"""From grey fields to coloured pictures."""

import numpy as np

from course_utils.data.drawing.fields import Field, per_picture

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def random_colours(rng: np.random.Generator, n: int) -> tuple[Field, Field]:
    """Draw two colours per picture, each ``(n, 3)`` in 0..1, that can be told apart.

    A third of the pairs differ in lightness only (a grey picture), a third in hue only (equal luma: only
    a network that uses colour sees anything), a third in both.
    """
    dark, light = rng.uniform(0, 0.45, (n, 3)), rng.uniform(0.55, 1, (n, 3))
    kind = rng.integers(0, 3, n)[:, None]
    grey_dark, grey_light = dark.mean(1, keepdims=True), light.mean(1, keepdims=True)
    hue = rng.normal(0, 1, (n, 3))
    hue -= (hue @ _LUMA)[:, None]
    hue *= 0.38 / np.abs(hue).max(1, keepdims=True)
    middle = rng.uniform(0.4, 0.6, (n, 1))
    first = np.select([kind == 0, kind == 1], [np.repeat(grey_dark, 3, 1), middle + hue], dark)
    second = np.select([kind == 0, kind == 1], [np.repeat(grey_light, 3, 1), middle - hue], light)
    swap = rng.random(n)[:, None] < 0.5
    return (
        np.where(swap, second, first).astype(np.float32),
        np.where(swap, first, second).astype(np.float32),
    )


def paint(field: Field, low: Field, high: Field) -> Field:
    """Colour a field: ``low`` where it is 0, ``high`` where it is 1. Returns ``(n, size, size, 3)``."""
    painted = np.empty((*field.shape, 3), np.result_type(field, low))
    for channel, (start, end) in enumerate(zip(low.T, high.T, strict=True)):
        painted[..., channel] = start[:, None, None] + field * (end - start)[:, None, None]
    return painted


def lay_over(mask: Field, front: Field, back: Field) -> Field:
    """Put coloured ``front`` in front of ``back`` where ``mask`` is 1."""
    return back + mask[..., None] * (front - back)


def to_bytes(pictures: Field, rng: np.random.Generator, noise: float = 0.02) -> np.ndarray:
    """Add a little sensor noise and round to uint8, 0..255."""
    sigma = per_picture(rng.uniform(0, noise, len(pictures)))[..., None]
    noisy = rng.standard_normal(pictures.shape, dtype=np.float32)
    noisy *= sigma
    noisy += pictures
    noisy *= 255
    noisy += 0.5
    return np.clip(noisy, 0, 255, out=noisy).astype(np.uint8)
