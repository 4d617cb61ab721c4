"""Invented alphabets: each glyph is a few curved strokes, written by a shaky hand, differently every time.

The idea of learning from strokes is Omniglot's (Lake et al. 2015); the alphabets here are random.
"""

from itertools import pairwise

import numpy as np

from course_utils.data.drawing.colour import lay_over, paint, random_colours
from course_utils.data.drawing.fields import Field, clouds, segment_distance, step, uniform

SOURCE_ALPHABET, NEW_ALPHABET = 11, 97  # seeds of two different alphabets
_POINTS = 7  # points on each stroke's curve


def glyph_strokes(alphabet: int, index: int) -> np.ndarray:
    """Return the control points of one glyph: ``(strokes, 3, 2)``, quadratic Bezier curves within -1..1."""
    rng = np.random.default_rng([alphabet, index])
    count = int(rng.integers(2, 5))
    anchors = np.array([(x, y) for x in (-0.75, 0, 0.75) for y in (-0.75, 0, 0.75)])
    ends = [anchors[rng.choice(9, 2, replace=False)] for _ in range(count)]
    for before, after in pairwise(ends):
        if rng.random() < 0.7:
            after[0] = before[1]  # most strokes continue where the last one ended
    bends = [e.mean(0) + rng.normal(0, 0.45, 2) for e in ends]
    return np.stack([np.stack([e[0], b, e[1]]) for e, b in zip(ends, bends, strict=True)])


def draw_glyph(rng: np.random.Generator, n: int, size: int, strokes: np.ndarray) -> Field:
    """Draw ``n`` coloured pictures of one glyph, ``(n, size, size, 3)`` in 0..1."""
    shaky = strokes[None] + rng.normal(0, 0.07, (n, *strokes.shape))
    t = np.linspace(0, 1, _POINTS)[:, None]
    weights = np.concatenate([(1 - t) ** 2, 2 * t * (1 - t), t**2], 1)
    curve = np.einsum("pk,nskd->nspd", weights, shaky)
    angle, shear, scale = rng.normal(0, 0.15, n), rng.normal(0, 0.15, n), rng.uniform(0.65, 1.05, n)
    matrix = scale[:, None, None] * np.stack(
        [
            np.stack([np.cos(angle), -np.sin(angle) + shear], -1),
            np.stack([np.sin(angle), np.cos(angle)], -1),
        ],
        1,
    )
    curve = np.einsum("nij,nspj->nspi", matrix, curve) + rng.uniform(-0.15, 0.15, (n, 1, 1, 2))
    starts, ends = curve[:, :, :-1].reshape(n, -1, 2), curve[:, :, 1:].reshape(n, -1, 2)
    ink = step(uniform(rng, 0.05, 0.14, n) - segment_distance(size, starts, ends), size / 5)
    paper, pen = random_colours(rng, n)
    stained = np.clip(paper + rng.uniform(-0.15, 0.15, (n, 3)), 0, 1).astype(np.float32)
    return lay_over(ink, paint(np.zeros_like(ink), pen, pen), paint(clouds(rng, n, size, 1.2), paper, stained))
