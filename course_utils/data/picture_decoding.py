"""Decode one picture, whatever made it: upright, on white, cut to its middle square, scaled, RGB."""

import hashlib
import stat
import threading
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

#: Columns and rows of a thumbnail: twice those that a 64-bit difference hash compares.
THUMBNAIL = (18, 16)
#: Why an iPhone's picture cannot be read.
HEIC = "HEIC"

#: Pillow knows more, but some of those start other programs (EPS), and none comes from a camera or a screen.
_FORMATS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "AVIF", "HEIF")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
#: 400 MB when it is decoded, in a lesson that should hold 2 GB at most.
_MOST_PIXELS = 100_000_000
#: A JPEG may have more, since it is decoded at a fraction of its size. The sensors of telephones end at half of this.
_MOST_JPEG_PIXELS = 400_000_000
#: A picture with more on its shorter side is worked on at a whole fraction of its size, never with fewer than this.
_ENOUGH = 1024
#: Of several pictures that are decoded at a time, one may have more pixels.
_LARGE = 20_000_000
_ONE_LARGE = threading.Lock()
_SIXTEEN_BITS = 2**16 - 1


class UnreadablePictureError(Exception):
    """A file that cannot be decoded; the message says why, in a few words."""


@dataclass(frozen=True, eq=False)
class DecodedPicture:
    """One picture and what can be told of it.

    Attributes:
        pixels: uint8 ``(side, side, 3)``.
        thumbnail: the whole picture, uint8 ``(16, 18, 3)``.
        digest: 16 bytes, equal for equal pixels, whatever the format of the file.
        size: width and height of the whole picture, upright, as decoded.
        dim: whether it has 16 bits and uses less than a sixteenth of their range.
    """

    pixels: NDArray[np.uint8]
    thumbnail: NDArray[np.uint8]
    digest: bytes
    size: tuple[int, int]
    dim: bool


def decode_picture(path: Path, side: int) -> DecodedPicture:
    """Read a picture.

    It is turned as the camera recorded. What is transparent becomes white. Of an animation the first frame is taken.
    16 bits are scaled to 8 over their whole range. Of a long picture the middle square is cut out.

    Raises:
        UnreadablePictureError: it is not a picture, damaged, or too large.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise UnreadablePictureError("not a file")
        if not status.st_size:
            raise UnreadablePictureError("empty")
        with _open(path) as picture:
            return _decode(picture, side)
    except UnreadablePictureError:
        raise
    except UnidentifiedImageError:
        raise UnreadablePictureError(HEIC if _is_heif(path) else "not a picture") from None
    except OSError as problem:
        cut_off = "truncated" in str(problem).lower()
        raise UnreadablePictureError("cut off" if cut_off else problem.strerror or str(problem)) from problem
    except Exception as problem:  # a damaged file makes decoders raise anything at all
        raise UnreadablePictureError(f"damaged: {problem}"[:80]) from problem


def _open(path: Path) -> Image.Image:
    """Open a picture without decoding it, and have a large JPEG decoded at a fraction of its size.

    Raises:
        UnreadablePictureError: it has too many pixels.
    """
    formats = _readable_formats()
    picture: Image.Image
    try:
        picture = Image.open(path, formats=formats)
    except Image.DecompressionBombError:  # Pillow's own limit, which a JPEG may exceed here
        try:
            picture = JpegImagePlugin.JpegImageFile(path)
        except SyntaxError:
            raise _too_large() from None
    if isinstance(picture, JpegImagePlugin.JpegImageFile) and picture.width * picture.height <= _MOST_JPEG_PIXELS:
        picture.draft(None, (_ENOUGH, _ENOUGH))
    if picture.width * picture.height > _MOST_PIXELS:
        picture.close()
        raise _too_large()
    return picture


@cache
def _readable_formats() -> tuple[str, ...]:
    """Return the formats that this installation reads; the package pillow-heif, if it is there, adds HEIC."""
    Image.init()
    with suppress(ImportError):
        import_module("pillow_heif").register_heif_opener()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def _too_large() -> UnreadablePictureError:
    return UnreadablePictureError(f"too large: save it with at most {_MOST_PIXELS // 10**6} megapixels")


def _is_heif(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(12)
    return start[4:8] == b"ftyp" and start[8:12] in _HEIF_BRANDS


def _decode(picture: Image.Image, side: int) -> DecodedPicture:
    large = picture.width * picture.height > _LARGE
    with _ONE_LARGE if large else nullcontext():
        with suppress(Exception):  # a damaged record of the camera must not cost the picture
            ImageOps.exif_transpose(picture, in_place=True)
        rgb, dim = _as_rgb(picture)
    square = ImageOps.fit(rgb, (side, side), Image.Resampling.BICUBIC)
    return DecodedPicture(
        pixels=np.asarray(square),
        thumbnail=np.asarray(rgb.resize(THUMBNAIL, Image.Resampling.BOX)),
        digest=hashlib.blake2b(rgb.tobytes(), digest_size=16, person=f"{rgb.width}".encode()).digest(),
        size=rgb.size,
        dim=dim,
    )


def _as_rgb(picture: Image.Image) -> tuple[Image.Image, bool]:
    """Convert to RGB, at a fraction of a large size; also return whether 16 bits come out nearly black."""
    dim = False
    if picture.mode == "F":
        picture = _as_grey(np.nan_to_num(np.asarray(picture)), 1.0)
    elif picture.mode.startswith("I"):
        values = np.asarray(picture)
        dim = bool(0 < values.max() < _SIXTEEN_BITS // 16)
        picture = _as_grey(values, _SIXTEEN_BITS)
    if picture.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in picture.info:
        layer = _reduced(picture.convert("RGBA"))
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB"), dim
    return _reduced(picture if picture.mode == "RGB" else picture.convert("RGB")), dim


def _reduced(picture: Image.Image) -> Image.Image:
    factor = min(picture.size) // _ENOUGH
    return picture.reduce(factor) if factor > 1 else picture


def _as_grey(values: NDArray[Any], full: float) -> Image.Image:
    """Scale 0..full to 0..255, so that pictures stay comparable; other values are stretched over their own range."""
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= full:
        low, high = 0.0, full
    scaled = (values - np.float32(low)) * np.float32(255 / (high - low or 1))
    return Image.fromarray(np.rint(scaled).astype(np.uint8))
