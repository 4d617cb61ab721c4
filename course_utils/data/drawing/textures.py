"""Texture families: each function draws ``n`` grey fields in 0..1, all of one family, no two alike."""

from collections.abc import Callable

import numpy as np

from course_utils.data.drawing.fields import (
    Field,
    band,
    clouds,
    filtered_noise,
    frequencies,
    nearest,
    per_picture,
    plane,
    segment_distance,
    step,
    stretch,
    uniform,
    wave,
)

Rng = np.random.Generator
Draw = Callable[[Rng, int, int], Field]


def _frac(x: Field) -> Field:
    return x - np.floor(x)


def _tile_edge(x: Field) -> Field:
    """Distance to the nearest whole number: 0 on the joints of a tiling, 0.5 in the middle of a tile."""
    distance: Field = np.abs(_frac(x + 0.5) - 0.5)
    return distance


def stripes(rng: Rng, n: int, size: int) -> Field:
    return wave(plane(rng, n, size, (2.5, 8))[0])


def bars(rng: Rng, n: int, size: int) -> Field:
    u, _ = plane(rng, n, size, (2, 6))
    return step(wave(u) - uniform(rng, 0.25, 0.75, n), 3)


def plaid(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2.5, 6))
    return stretch(wave(u) + wave(v * uniform(rng, 0.5, 1.5, n)))


def checkers(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (1.5, 5))
    return step(np.sin(2 * np.pi * u) * np.sin(2 * np.pi * v), 3)


def polka_dots(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2.5, 6))
    u = u + 0.5 * (np.floor(v) % 2)
    return step(uniform(rng, 0.22, 0.38, n) - np.hypot(_frac(u) - 0.5, _frac(v) - 0.5), 6)


def rings(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 4.5))
    r = np.hypot(_frac(u) - 0.5, _frac(v) - 0.5)
    return step(uniform(rng, 0.06, 0.12, n) - np.abs(r - 0.32), 8)


def running_bond(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 5))
    row = np.floor(v * 2)
    u = u + 0.5 * (row % 2)
    joint = np.minimum(_tile_edge(u), _tile_edge(v * 2) / 2) - uniform(rng, 0.03, 0.07, n)
    shade = 0.25 * _frac(np.sin(np.floor(u) * 12.9 + row * 78.2) * 43758.5)
    wall: Field = step(joint, 12) - shade * (joint > 0) + 0.15 * clouds(rng, n, size, 0.7)
    return np.clip(wall, 0, 1)


def basket_weave(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 4))
    lying = (np.floor(u) + np.floor(v)) % 2
    return np.where(lying > 0, wave(v * 2), wave(u * 2)).astype(np.float32)


def herringbone(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 5))
    return wave(v * 2 + np.abs(_frac(u) - 0.5) * uniform(rng, 2, 4, n))


def chevrons(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (1.5, 4))
    return step(wave(v * 1.5 + 1.2 * np.abs(_frac(u) - 0.5)) - 0.5, 3)


def triangles(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 4.5))
    a, b, c = u, -0.5 * u + 0.866 * v, -0.5 * u - 0.866 * v
    return ((np.floor(a) + np.floor(b) + np.floor(c)) % 2).astype(np.float32)


def honeycomb(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2.5, 6))
    a, b = u, 0.5 * u + 0.866 * v
    waves = np.cos(2 * np.pi * a) + np.cos(2 * np.pi * b) + np.cos(2 * np.pi * (b - a))
    return step(waves + uniform(rng, 0.2, 0.9, n), 1.2)


def cells(rng: Rng, n: int, size: int) -> Field:
    *_, which = nearest(rng, n, size, (3, 6))
    shades = rng.uniform(0, 1, (n, int(which.max()) + 1)).astype(np.float32)
    return np.take_along_axis(shades, which.reshape(n, -1), 1).reshape(n, size, size)


def cracks(rng: Rng, n: int, size: int) -> Field:
    first, second, _ = nearest(rng, n, size, (2, 5))
    return step(second - first - uniform(rng, 0.06, 0.14, n), 7)


def pebbles(rng: Rng, n: int, size: int) -> Field:
    first, second, which = nearest(rng, n, size, (4, 8))
    shades = rng.uniform(0.3, 1, (n, int(which.max()) + 1)).astype(np.float32)
    shade = np.take_along_axis(shades, which.reshape(n, -1), 1).reshape(n, size, size)
    return np.clip(shade * np.clip((second - first) * 2.2, 0, 1) ** 0.6, 0, 1)


def bubbles(rng: Rng, n: int, size: int) -> Field:
    return stretch(nearest(rng, n, size, (3, 6))[0])


def scattered_dots(rng: Rng, n: int, size: int) -> Field:
    return step(uniform(rng, 0.18, 0.34, n) - nearest(rng, n, size, (3, 7))[0], 5)


def stars(rng: Rng, n: int, size: int) -> Field:
    first, _, which = nearest(rng, n, size, (4, 7))
    bright = (rng.uniform(0, 1, (n, int(which.max()) + 1)) ** 3).astype(np.float32)
    glow = np.take_along_axis(bright, which.reshape(n, -1), 1).reshape(n, size, size)
    sky: Field = 1.3 * glow * np.exp(-((first / 0.22) ** 2)) + 0.06 * clouds(rng, n, size, 0)
    return np.clip(sky, 0, 1)


def craters(rng: Rng, n: int, size: int) -> Field:
    first, _, which = nearest(rng, n, size, (2, 4))
    radius = rng.uniform(0.15, 0.5, (n, int(which.max()) + 1)).astype(np.float32)
    r = first / np.take_along_axis(radius, which.reshape(n, -1), 1).reshape(n, size, size)
    height = np.where(r < 1, r**2 - 1, 0) + 0.5 * np.exp(-(((r - 1) / 0.25) ** 2))
    return relief(rng, n, height + 0.3 * clouds(rng, n, size, 1.4))


def relief(rng: Rng, n: int, height: Field) -> Field:
    """Light a height field from one side: what a rough surface looks like in a photograph."""
    angle = rng.uniform(0, 2 * np.pi, n)
    dy, dx = np.gradient(height, axis=(1, 2))
    return stretch(np.cos(per_picture(angle)) * dx + np.sin(per_picture(angle)) * dy)


def rough_stone(rng: Rng, n: int, size: int) -> Field:
    return relief(rng, n, clouds(rng, n, size, 1.6))


def gravel_bed(rng: Rng, n: int, size: int) -> Field:
    first, second, _ = nearest(rng, n, size, (4, 8))
    dome = np.sqrt(np.clip(second - first, 0, 1))
    return np.clip(0.6 * relief(rng, n, dome) + 0.5 * np.clip(dome * 1.6, 0, 1), 0, 1)


def smooth_clouds(rng: Rng, n: int, size: int) -> Field:
    return clouds(rng, n, size, 2.2)


def cloudy(rng: Rng, n: int, size: int) -> Field:
    return clouds(rng, n, size, 1.5)


def grainy(rng: Rng, n: int, size: int) -> Field:
    return clouds(rng, n, size, 0.8)


def white_noise(rng: Rng, n: int, size: int) -> Field:
    return clouds(rng, n, size, 0)


def salt(rng: Rng, n: int, size: int) -> Field:
    dots = (rng.uniform(0, 1, (n, size, size)) < uniform(rng, 0.05, 0.25, n)).astype(np.float32)
    return np.clip(dots + 0.3 * clouds(rng, n, size, 1.6), 0, 1)


def veins(rng: Rng, n: int, size: int) -> Field:
    ridge = np.abs(clouds(rng, n, size, 1.7) - 0.5)
    return step(ridge - uniform(rng, 0.02, 0.06, n), 18)


def vessels(rng: Rng, n: int, size: int) -> Field:
    width = uniform(rng, 0.02, 0.05, n)
    tree = np.minimum(np.abs(clouds(rng, n, size, 2.2) - 0.5), np.abs(clouds(rng, n, size, 2.0) - 0.45))
    return np.clip(0.7 * step(tree - width, 14) + 0.3 * clouds(rng, n, size, 1.8), 0, 1)


def marble(rng: Rng, n: int, size: int) -> Field:
    u, _ = plane(rng, n, size, (1.5, 3))
    return wave(u + 1.5 * clouds(rng, n, size, 1.6))


def wood(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (1, 2))
    grain = clouds(rng, n, size, 1.8)
    centre_u, centre_v = u.mean((1, 2), keepdims=True), v.mean((1, 2), keepdims=True)
    r = np.hypot(u - centre_u + uniform(rng, 0.5, 2, n), (v - centre_v) * 0.25)
    return wave(r * uniform(rng, 3, 6, n) + 0.8 * grain)


def fur(rng: Rng, n: int, size: int) -> Field:
    fx, fy = frequencies(size)
    angle = uniform(rng, 0, np.pi, n)
    along = fx * np.cos(angle) + fy * np.sin(angle)
    across = fy * np.cos(angle) - fx * np.sin(angle)
    gain = np.exp(-((along / uniform(rng, 1.2, 2.5, n)) ** 2)) / np.maximum(np.abs(across), 1) ** 0.6
    return filtered_noise(rng, n, size, gain)


def silk(rng: Rng, n: int, size: int) -> Field:
    return band(rng, n, size, (4, 9), spread=0.18)


def gabor_noise(rng: Rng, n: int, size: int) -> Field:
    return band(rng, n, size, (4, 9), spread=0.5)


def grit(rng: Rng, n: int, size: int) -> Field:
    return band(rng, n, size, (7, 12))


def mottle(rng: Rng, n: int, size: int) -> Field:
    return band(rng, n, size, (3, 6))


def labyrinth(rng: Rng, n: int, size: int) -> Field:
    return step(band(rng, n, size, (3, 6)) - 0.5, 6)


def leopard(rng: Rng, n: int, size: int) -> Field:
    return step(band(rng, n, size, (3, 6)) - uniform(rng, 0.6, 0.7, n), 6)


def ripples(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 5))
    return wave(v * 1.5 + uniform(rng, 0.15, 0.4, n) * np.sin(2 * np.pi * u))


def target_rings(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2.5, 6))
    cu, cv = u.mean((1, 2), keepdims=True), v.mean((1, 2), keepdims=True)
    return wave(np.hypot(u - cu - uniform(rng, -1, 1, n), v - cv - uniform(rng, -1, 1, n)))


def sunburst(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (2, 3))
    cu, cv = u.mean((1, 2), keepdims=True), v.mean((1, 2), keepdims=True)
    angle = np.arctan2(v - cv - uniform(rng, -0.6, 0.6, n), u - cu - uniform(rng, -0.6, 0.6, n))
    return step(np.sin(angle * per_picture(rng.integers(4, 9, n))), 1.5)


def interference(rng: Rng, n: int, size: int) -> Field:
    return stretch(target_rings(rng, n, size) + target_rings(rng, n, size))


def fish_scales(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (3, 6))
    v = v * 1.6
    u = u + 0.5 * (np.floor(v) % 2)
    return _frac(np.hypot(_frac(u) - 0.5, _frac(v)) * 1.3)


def twill(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (4, 8))
    cloth: Field = wave(u + v) * (0.6 + 0.4 * wave(u)) + 0.1 * clouds(rng, n, size, 0.5)
    return np.clip(cloth, 0, 1)


def canvas(rng: Rng, n: int, size: int) -> Field:
    u, v = plane(rng, n, size, (3, 6))
    over = (np.floor(u) + np.floor(v)) % 2
    woven: Field = np.where(over > 0, np.sin(np.pi * _frac(u)), np.sin(np.pi * _frac(v)))
    return woven.astype(np.float32)


def _strokes(
    rng: Rng, n: int, size: int, count: int, length: tuple[float, float], angles: Field, width: Field
) -> Field:
    middle = rng.uniform(-1.1, 1.1, (n, count, 2))
    half = rng.uniform(*length, (n, count, 1)) * np.stack([np.cos(angles), np.sin(angles)], -1) / 2
    return step(width - segment_distance(size, middle - half, middle + half), 14)


def straw(rng: Rng, n: int, size: int) -> Field:
    angles = rng.uniform(0, np.pi, (n, 26))
    return _strokes(rng, n, size, 26, (0.5, 1.2), angles, uniform(rng, 0.02, 0.05, n))


def lawn(rng: Rng, n: int, size: int) -> Field:
    angles = rng.uniform(0, np.pi, (n, 1)) + rng.normal(0, 0.35, (n, 30))
    blades = _strokes(rng, n, size, 30, (0.4, 0.9), angles, uniform(rng, 0.02, 0.045, n))
    return np.clip(0.75 * blades + 0.4 * clouds(rng, n, size, 0.6), 0, 1)


def hatching(rng: Rng, n: int, size: int) -> Field:
    base = rng.uniform(0, np.pi, (n, 1))
    angles = base + np.pi / 2 * rng.integers(0, 2, (n, 24)) + rng.normal(0, 0.08, (n, 24))
    return _strokes(rng, n, size, 24, (0.5, 1.1), angles, uniform(rng, 0.02, 0.04, n))


def handwriting(rng: Rng, n: int, size: int) -> Field:
    rows = np.repeat(np.linspace(-0.9, 0.9, 5), 9)[None, :] + rng.normal(0, 0.03, (n, 45))
    x = np.tile(np.linspace(-0.95, 0.95, 9), 5)[None, :] + rng.normal(0, 0.04, (n, 45))
    middle = np.stack([x, rows], -1)
    half = rng.uniform(-0.11, 0.11, (n, 45, 2))
    return 1 - step(uniform(rng, 0.02, 0.04, n) - segment_distance(size, middle - half, middle + half), 14)


def dead_leaves(rng: Rng, n: int, size: int) -> Field:
    """Opaque discs that hide one another: edges and statistics like those of photographs (Lee et al. 2001)."""
    axis = (np.arange(size, dtype=np.float32) + 0.5) / size
    picture = np.full((n, size, size), 0.5, np.float32)
    for _ in range(24):
        radius = uniform(rng, 0.05, 0.3, n)
        gap = np.hypot(axis[None, None, :] - uniform(rng, 0, 1, n), axis[None, :, None] - uniform(rng, 0, 1, n))
        picture = np.where(gap < radius, uniform(rng, 0, 1, n), picture)
    return picture


def nuclei(rng: Rng, n: int, size: int) -> Field:
    """Dark blobs of uneven size on a pale, fibrous ground: stained tissue seen from afar."""
    first, _, which = nearest(rng, n, size, (3, 6))
    radius = rng.uniform(0.1, 0.45, (n, int(which.max()) + 1)).astype(np.float32)
    r = first / np.take_along_axis(radius, which.reshape(n, -1), 1).reshape(n, size, size)
    return np.clip(0.45 * step(r - 1, 2) + 0.55 * fur(rng, n, size), 0, 1)


def blurred_edge(rng: Rng, n: int, size: int) -> Field:
    u, _ = plane(rng, n, size, (1, 1), turn=np.pi)
    u = u - u.mean((1, 2), keepdims=True) + uniform(rng, -0.2, 0.2, n)
    return np.clip(step(u, uniform(rng, 2, 12, n)) + 0.15 * (clouds(rng, n, size, 1) - 0.5), 0, 1)


TEXTURES: tuple[Draw, ...] = (
    stripes, bars, plaid, checkers, polka_dots, rings, running_bond, basket_weave, herringbone, chevrons,
    triangles, honeycomb, cells, cracks, pebbles, bubbles, scattered_dots, stars, craters, rough_stone,
    gravel_bed, smooth_clouds, cloudy, grainy, white_noise, salt, veins, vessels, marble, wood, fur, silk,
    gabor_noise, grit, mottle, labyrinth, leopard, ripples, target_rings, sunburst, interference, fish_scales,
    twill, canvas, straw, lawn, hatching, handwriting, dead_leaves, nuclei, blurred_edge,
)  # fmt: skip
