"""What the page of the layer microscope gets: maps as bytes, pictures as small files, both as text."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from course_utils.backbones import load_backbone
from course_utils.data import load_dataset
from course_utils.inspection import channel_sketches
from course_utils.labs.microscope_lab.microscope import STEPS, TABLE, Microscope, ScopeBlock

_FRAMES: list[int] = TABLE["frames"]
_PAGE_CHANNELS = 2 * TABLE["sheet"]  # of a block, on a web page, where nothing can be asked for later
_LARGEST = 64  # pixels of a patch's side; larger ones are drawn smaller
_WIDEST = 256  # pixels of a gallery picture's side


def page_data(scope: Microscope, channels: int | None = None) -> dict[str, Any]:
    """Return what the page needs at once, as plain data: the gallery and the blocks; the rest can be asked for.

    Args:
        scope: the network and the pictures.
        channels: so many of each block at most; all by default.
    """
    picture, block, channel = scope.start
    return {
        "network": scope.backbone.name,
        "side": int(scope.images.shape[1]),
        "pictures": [_picture(_smaller(image, _WIDEST), lossless=len(image) <= _LARGEST) for image in scope.gallery],
        "blocks": [_block(scope, at, channels) for at in scope.blocks.values()],
        "start": {"picture": picture, "block": block, "channel": channel},
        "table": TABLE,
    }


def map_data(scope: Microscope, picture: int, block: str, channels: int | None = None) -> dict[str, Any]:
    """Return the responses of a block to a picture: each channel's peak, and its map in 256 levels up to the peak."""
    maps = scope.maps(picture, block)[..., :channels]
    peaks = maps.max(axis=(0, 1))
    levels = np.rint(255 * maps / np.maximum(peaks, 1e-12)).astype(np.uint8)
    return {
        "peaks": [round(float(peak), 4) for peak in peaks],
        "levels": base64.b64encode(levels.transpose(2, 0, 1).tobytes()).decode(),
    }


def favourites_data(scope: Microscope, block: str, sheet: int) -> str:
    """Return the favourite patches of a sheet's channels as one picture: a row by channel, the strongest first."""
    patches = scope.favourites(block, sheet)
    rows = [np.concatenate([_smaller(patch, _LARGEST) for patch in row], axis=1) for row in patches]
    return _picture(np.concatenate(rows), lossless=patches.shape[2] <= 8)


def frame_data(picture: NDArray[np.uint8]) -> str:
    """Return one picture of a drawing."""
    return _picture(picture)


def whole_page_data() -> dict[str, Any]:
    """Return what a web page needs, where nothing can be asked for later: about 1 MB as JSON, in about 10 s.

    It shows the embedded network and its own pictures.
    """
    scope = Microscope(load_backbone("embedded"), load_dataset("source-sample").validation.inputs)
    data = page_data(scope, _PAGE_CHANNELS)
    names = list(scope.blocks)
    sheets = range(_PAGE_CHANNELS // TABLE["sheet"])
    pictures = range(len(scope.gallery))
    return {
        **data,
        "maps": {f"{n}/{name}": map_data(scope, n, name, _PAGE_CHANNELS) for n in pictures for name in names},
        "favourites": {f"{name}/{sheet}": favourites_data(scope, name, sheet) for name in names for sheet in sheets},
        "drawings": {
            f"{name}/{channel}/0": sheet
            for name in names
            for channel, sheet in _drawings(scope, scope.blocks[name].channels[:_PAGE_CHANNELS], name)
        },
    }


def _block(scope: Microscope, block: ScopeBlock, channels: int | None) -> dict[str, Any]:
    field = block.field
    return {
        "name": block.name,
        "width": block.width,
        "channels": block.channels[:channels],
        "size": list(block.size),
        "field": {"size": field.size, "stride": field.stride, "start": field.start},
        "scale": round(block.scale, 4),
        "opens": [scope.opening(picture, block.name) for picture in range(len(scope.gallery))],
    }


def _drawings(scope: Microscope, channels: list[int], block: str) -> list[tuple[int, str]]:
    """Return, for each channel, the frames of its drawing side by side."""
    sketches = enumerate(channel_sketches(scope.backbone, block, channels, steps=STEPS), 1)
    frames = [pictures for step, pictures in sketches if step in _FRAMES]
    return [
        (channel, _picture(np.concatenate([frame[row] for frame in frames], axis=1)))
        for row, channel in enumerate(channels)
    ]


def _smaller(image: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Return a picture whose side is at most this long."""
    if len(image) <= side:
        return image
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BOX))


def _picture(image: NDArray[np.uint8], *, lossless: bool = False) -> str:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "WEBP", lossless=lossless, quality=85)
    return f"data:image/webp;base64,{base64.b64encode(file.getvalue()).decode()}"
