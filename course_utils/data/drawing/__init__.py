"""Pictures drawn by code: the source task, the near targets and the phantom scans.

``draw(class_name, n, seed)`` draws them all: the same name, number and seed give the same pixels.
"""

import zlib
from collections.abc import Callable, Sequence

import numpy as np

from course_utils.data.drawing.colour import paint, random_colours, to_bytes
from course_utils.data.drawing.fractals import draw_fractal, fractal_maps
from course_utils.data.drawing.glyphs import NEW_ALPHABET, SOURCE_ALPHABET, draw_glyph, glyph_strokes
from course_utils.data.drawing.phantoms import draw_scan
from course_utils.data.drawing.shapes import NEW_SHAPES, SOURCE_SHAPES, draw_shape
from course_utils.data.drawing.textures import TEXTURES

SIZE = 32  # side of the drawn pictures, in pixels
_CHUNK = 64  # pictures drawn together: large enough to be fast, small enough to stay in the cache

Painter = Callable[[np.random.Generator, int, int], np.ndarray]


def _texture(family: Painter) -> Painter:
    return lambda rng, n, size: paint(family(rng, n, size), *random_colours(rng, n))


def _shape(outline: list[np.ndarray], turn: float) -> Painter:
    return lambda rng, n, size: draw_shape(rng, n, size, outline, turn)


def _glyph(alphabet: int, index: int) -> Painter:
    strokes = glyph_strokes(alphabet, index)
    return lambda rng, n, size: draw_glyph(rng, n, size, strokes)


def _fractal(index: int) -> Painter:
    maps = fractal_maps(index)
    return lambda rng, n, size: draw_fractal(rng, n, size, maps)


def _scan(lesion: bool) -> Painter:
    return lambda rng, n, size: draw_scan(rng, n, size, lesion)


TEXTURE_CLASSES = tuple("texture: " + f.__name__.replace("_", " ") for f in TEXTURES)
SHAPE_CLASSES = tuple(f"shape: {name}" for name in SOURCE_SHAPES)
GLYPH_CLASSES = tuple(f"glyph: {i:02d}" for i in range(32))
FRACTAL_CLASSES = tuple(f"fractal: {i:02d}" for i in range(24))
SOURCE_CLASSES = TEXTURE_CLASSES + SHAPE_CLASSES + GLYPH_CLASSES + FRACTAL_CLASSES
NEW_SHAPE_CLASSES = tuple(NEW_SHAPES)
NEW_GLYPH_CLASSES = tuple(f"letter {i}" for i in range(8))
SCAN_CLASSES = ("healthy", "lesion")

_PAINTERS: dict[str, Painter] = (
    dict(zip(TEXTURE_CLASSES, map(_texture, TEXTURES), strict=True))
    | {f"shape: {name}": _shape(o, np.pi) for name, o in SOURCE_SHAPES.items()}
    | {name: _glyph(SOURCE_ALPHABET, i) for i, name in enumerate(GLYPH_CLASSES)}
    | {name: _fractal(i) for i, name in enumerate(FRACTAL_CLASSES)}
    | {name: _shape(o, 0.35) for name, o in NEW_SHAPES.items()}
    | {name: _glyph(NEW_ALPHABET, i) for i, name in enumerate(NEW_GLYPH_CLASSES)}
    | {"healthy": _scan(False), "lesion": _scan(True)}
)


def draw(class_name: str, n: int, seed: int = 0, size: int = SIZE) -> np.ndarray:
    """Draw ``n`` pictures of one class: uint8, ``(n, size, size, 3)``.

    Deterministic: the seed, the class's name and the chunk's number seed the generator, so that the first
    64 pictures are the same whether 64 or 6,400 are asked for.
    """
    painter, name = _PAINTERS[class_name], zlib.crc32(class_name.encode())
    chunks = []
    for number in range(-(-n // _CHUNK)):
        rng = np.random.default_rng([seed, name, number])
        chunks.append(to_bytes(painter(rng, _CHUNK, size), rng))
    return np.concatenate(chunks)[:n] if chunks else np.empty((0, size, size, 3), np.uint8)


def draw_task(classes: Sequence[str], per_class: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw ``per_class`` pictures of each class in turn: uint8 ``(n, 32, 32, 3)``, and labels int64 ``(n,)``."""
    return np.concatenate([draw(c, per_class, seed) for c in classes]), np.repeat(np.arange(len(classes)), per_class)
