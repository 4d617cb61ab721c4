"""Shapes as polygons, and their signed distance to every pixel."""

import numpy as np

from course_utils.data.drawing.colour import lay_over, paint, random_colours
from course_utils.data.drawing.fields import Field, per_picture, step, uniform
from course_utils.data.drawing.textures import TEXTURES

Outline = list[np.ndarray]  # one or more closed polygons of shape (k, 2); together they are the shape


def _circle(x: float, y: float, rx: float, ry: float | None = None, corners: int = 20) -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return np.stack([x + rx * np.cos(t), y + (ry or rx) * np.sin(t)], 1)


def _regular(corners: int, inner: float = 1.0) -> np.ndarray:
    """A regular polygon, or a star when ``inner`` (the radius of every second corner) is below 1."""
    k = corners * (2 if inner < 1 else 1)
    t = np.linspace(0, 2 * np.pi, k, endpoint=False) - np.pi / 2
    r = np.where(np.arange(k) % 2 == 0, 1.0, inner) if inner < 1 else np.ones(k)
    return np.stack([r * np.cos(t), r * np.sin(t)], 1)


def _polygon(*corners: tuple[float, float]) -> np.ndarray:
    return np.array(corners, float)


def _crescent() -> np.ndarray:
    t = np.linspace(0.6, 2 * np.pi - 0.6, 16)
    s = np.linspace(2 * np.pi - 0.85, 0.85, 12)
    outer = np.stack([np.cos(t), np.sin(t)], 1)
    inner = np.stack([0.38 + 0.72 * np.cos(s), 0.72 * np.sin(s)], 1)
    return np.concatenate([outer, inner])


def _blob(lobes: int, depth: float) -> np.ndarray:
    t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    r = 0.8 + depth * np.cos(lobes * t)
    return np.stack([r * np.cos(t), r * np.sin(t)], 1)


#: The shapes of the source task.
SOURCE_SHAPES: dict[str, Outline] = {
    "disc": [_circle(0, 0, 0.9)],
    "ellipse": [_circle(0, 0, 1.0, 0.45)],
    "triangle": [_regular(3)],
    "square": [_regular(4)],
    "bar": [_polygon((-1, -0.22), (1, -0.22), (1, 0.22), (-1, 0.22))],
    "pentagon": [_regular(5)],
    "four-point star": [_regular(4, 0.35)],
    "five-point star": [_regular(5, 0.42)],
    "cross": [
        _polygon((-1, -0.3), (1, -0.3), (1, 0.3), (-1, 0.3)),
        _polygon((-0.3, -1), (0.3, -1), (0.3, 1), (-0.3, 1)),
    ],
    "L": [_polygon((-0.8, -0.9), (-0.25, -0.9), (-0.25, 0.4), (0.8, 0.4), (0.8, 0.9), (-0.8, 0.9))],
    "T": [
        _polygon(
            (-0.9, -0.9), (0.9, -0.9), (0.9, -0.4), (0.27, -0.4), (0.27, 0.9), (-0.27, 0.9), (-0.27, -0.4), (-0.9, -0.4)
        )
    ],
    "half disc": [_circle(0, -0.35, 0.95)[:11]],
    "crescent": [_crescent()],
    "clover": [_blob(3, 0.28)],
    "dumb-bell": [
        _circle(-0.6, 0, 0.4),
        _circle(0.6, 0, 0.4),
        _polygon((-0.6, -0.13), (0.6, -0.13), (0.6, 0.13), (-0.6, 0.13)),
    ],
    "arrow": [_polygon((-1, -0.2), (0.1, -0.2), (0.1, -0.65), (1, 0), (0.1, 0.65), (0.1, 0.2), (-1, 0.2))],
    "zigzag": [
        _polygon(
            (-1, 0.3),
            (-0.45, -0.6),
            (0.1, 0.1),
            (0.6, -0.6),
            (1, 0.1),
            (0.6, 0.5),
            (0.15, 0.75),
            (-0.4, 0.05),
            (-0.75, 0.6),
        )
    ],
    "hourglass": [_polygon((-0.7, -0.9), (0.7, -0.9), (0.12, 0), (0.7, 0.9), (-0.7, 0.9), (-0.12, 0))],
}

#: The shapes of the near target: never drawn in pretraining.
NEW_SHAPES: dict[str, Outline] = {
    "fish": [_circle(-0.15, 0, 0.75, 0.45), _polygon((0.4, 0), (1, -0.5), (0.85, 0), (1, 0.5))],
    "house": [
        _polygon((-0.7, -0.05), (0.7, -0.05), (0.7, 0.85), (-0.7, 0.85)),
        _polygon((-0.95, 0), (0, -0.9), (0.95, 0)),
    ],
    "mushroom": [
        np.concatenate([_circle(0, 0, 0.95, 0.85)[10:], _circle(0, 0, 0.95, 0.2)[:2]]),
        _polygon((-0.25, -0.05), (0.25, -0.05), (0.35, 0.9), (-0.35, 0.9)),
    ],
    "cat": [
        _circle(0, 0.2, 0.75, 0.62),
        _polygon((-0.72, 0.2), (-0.68, -0.85), (-0.1, -0.3)),
        _polygon((0.72, 0.2), (0.68, -0.85), (0.1, -0.3)),
    ],
    "sailing boat": [
        _polygon((-0.95, 0.4), (0.95, 0.4), (0.55, 0.85), (-0.6, 0.85)),
        _polygon((0.05, -0.95), (0.75, 0.25), (0.05, 0.25)),
        _polygon((-0.06, -0.6), (-0.06, 0.25), (-0.6, 0.25)),
    ],
}


def signed_distance(px: Field, py: Field, outline: Outline) -> Field:
    """Return the signed distance to the shape's edge, negative inside; ``px, py`` are ``(n, size, size)``.

    The usual construction: the nearest point of each edge gives the distance, the crossings of a ray the sign.
    """
    whole = np.full(px.shape, np.inf, np.float32)
    for corners in outline:
        nearest = np.full(px.shape, np.inf, np.float32)
        inside = np.zeros(px.shape, bool)
        for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, 0), strict=True):
            ex, ey = np.float32(bx - ax), np.float32(by - ay)
            wx, wy = px - np.float32(ax), py - np.float32(ay)
            t = np.clip((wx * ex + wy * ey) / (ex * ex + ey * ey), 0, 1)
            np.minimum(nearest, (wx - t * ex) ** 2 + (wy - t * ey) ** 2, out=nearest)
            if ay != by:
                crosses = (py >= min(ay, by)) & (py < max(ay, by))
                inside ^= crosses & (wx < ex * (wy / ey))
        np.minimum(whole, np.where(inside, -1, 1) * np.sqrt(nearest), out=whole)
    return whole


def draw_shape(rng: np.random.Generator, n: int, size: int, outline: Outline, turn: float = np.pi) -> Field:
    """Draw ``n`` coloured pictures of a shape on a textured background, ``(n, size, size, 3)`` in 0..1.

    Place, size, rotation (up to ``turn`` radians), slant, colours and background vary from picture to picture.
    """
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size * 2 - 1
    radius = uniform(rng, 0.42, 0.8, n)
    angle, slant = uniform(rng, -turn, turn, n), uniform(rng, -0.2, 0.2, n)
    room = (1 - radius) * 0.8
    x = axis[None, None, :] - room * uniform(rng, -1, 1, n)
    y = axis[None, :, None] - room * uniform(rng, -1, 1, n)
    px = (np.cos(angle) * x + np.sin(angle) * y) / radius
    py = (np.cos(angle) * y - np.sin(angle) * x) / radius * uniform(rng, 0.85, 1.15, n)
    gap = signed_distance((px + slant * py).astype(np.float32), py.astype(np.float32), outline)
    hollow = per_picture(rng.random(n) < 0.2)
    gap = np.where(hollow > 0, np.abs(gap) - 0.12, gap)
    mask = step(-gap * radius, size / 5)
    ground, body = _fill(rng, n, size, 0.7), _fill(rng, n, size, 0.25)
    back, front = random_colours(rng, n)
    near_back = np.clip(back + rng.uniform(-0.25, 0.25, (n, 3)), 0, 1).astype(np.float32)
    near_front = np.clip(front + rng.uniform(-0.25, 0.25, (n, 3)), 0, 1).astype(np.float32)
    return lay_over(mask, paint(body, front, near_front), paint(ground, back, near_back))


def _fill(rng: np.random.Generator, n: int, size: int, share: float) -> Field:
    """Draw a texture for a ``share`` of the pictures (one family per eighth of the batch), plain for the others."""
    parts = np.array_split(np.arange(n), min(8, n))
    fields = [TEXTURES[rng.integers(len(TEXTURES))](rng, len(p), size) for p in parts]
    return np.concatenate(fields) * per_picture(rng.random(n) < share)
