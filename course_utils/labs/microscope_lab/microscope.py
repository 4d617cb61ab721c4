"""Lesson 01's layer microscope: a network and pictures, and what the page asks of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils import figures
from course_utils.backbones import blocks
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.frontend import KIT
from course_utils.inspection import ReceptiveField, activations, channel_sketches, ranked_channels, receptive_fields
from course_utils.inspection.responses import block_peaks, patch_at
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.settings import one_of

#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads(Path(__file__).with_name("microscope.json").read_text(encoding="utf-8"))
#: The style sheets of the lab, beside those that all labs have.
STYLES = (
    *(KIT / name for name in ("picture_grid.css", "unit_surface.css", "heat_canvas.css")),
    Path(__file__).with_name("microscope.css"),
)
SEEDS = range(TABLE["seed"]["least"], TABLE["seed"]["most"] + 1)
STEPS: int = TABLE["steps"]
_SHEET: int = TABLE["sheet"]
_FAVOURITES: int = TABLE["favourites"]
_PIXELS, _LEAST = 2**18, 64  # pictures that are searched for favourites: so many pixels, but at least so many pictures
_PACE = 0.03  # seconds between two steps of a drawing: slow enough to watch
_LOUD = 50  # percentile of the channels' strongest responses at which a block's scale ends: some channels are louder


@dataclass(frozen=True)
class ScopeBlock:
    """A block under the microscope.

    Attributes:
        name: of the block.
        channels: those that respond to any picture, the ones that stand out most first.
        width: how many channels it has.
        size: rows and columns of its feature maps.
        field: what one of its units sees.
        peaks, units: by picture and channel, the strongest response and where it lies, counted row by row.
    """

    name: str
    channels: list[int]
    width: int
    size: tuple[int, int]
    field: ReceptiveField
    peaks: NDArray[np.float32]
    units: NDArray[np.int64]

    @property
    def sheets(self) -> int:
        """How many sheets its channels fill."""
        return -(-len(self.channels) // _SHEET)

    @property
    def scale(self) -> float:
        """Where the scale of its maps ends, the same for all of its channels and pictures."""
        return float(np.percentile(self.peaks[:, self.channels].max(axis=0), _LOUD))

    def sheet(self, number: int) -> list[int]:
        """Return the channels of a sheet, counted from 0."""
        return self.channels[number * _SHEET : (number + 1) * _SHEET]

    def opening(self, picture: int) -> int:
        """Return the channel of the first sheet that a picture excites most, relative to its favourite."""
        shares = self.peaks[picture] / np.maximum(self.peaks.max(axis=0), 1e-12)
        return max(self.sheet(0), key=lambda channel: float(shares[channel]))


class Microscope:
    """A network and pictures under the microscope.

    What a block's channels like best reflects the network's weights at the time when the lab is opened.

    Args:
        backbone: any functional Keras backbone with named blocks.
        images: uint8 ``(n, side, side, 3)`` in the backbone's size, 8 or more.

    Raises:
        CourseError: there are too few pictures, or no channel of a block responds to any.
    """

    def __init__(self, backbone: keras.Model, images: NDArray[np.uint8]) -> None:
        if len(images) < _FAVOURITES:
            raise CourseError(f"images holds {len(images)} pictures; the microscope needs {_FAVOURITES} or more.")
        self.backbone = backbone
        self.images = images[_spread(len(images), max(_LEAST, _PIXELS // images[0, ..., 0].size))]
        self._places = _spread(len(self.images), TABLE["gallery"])
        self.gallery = self.images[self._places]
        self.blocks = _survey(backbone, self.images)
        self.start = self._start()

    def _start(self) -> tuple[int, str, int]:
        """Return picture, block and channel to open on: a clear response, in one place, not at the edge."""
        names = list(self.blocks)
        block = self.blocks[names[(len(names) - 1) // 2]]
        first = [*block.sheet(0), *block.sheet(1)]
        maps = np.maximum(activations(self.backbone, self.gallery, block.name)[..., first], 0)
        peaks = maps.max(axis=(1, 2))
        clear = peaks / block.peaks[:, first].max(axis=0)  # of the most that the channel does with any picture
        local = peaks / np.maximum(maps.mean(axis=(1, 2)), 1e-12)
        # At the edge, a channel often responds to the zeros of the padding.
        inside = peaks == maps[:, 1:-1, 1:-1].max(axis=(1, 2), initial=0)
        loud = np.minimum(peaks / block.scale, 1)
        score = loud * np.where((clear > 0.5) & inside, clear * local, clear / block.size[0] ** 2)
        picture, place = np.unravel_index(score.argmax(), score.shape)
        return int(picture), block.name, first[place]

    def at(self, block: str) -> ScopeBlock:
        """Return a block.

        Raises:
            CourseError: there is no such block.
        """
        one_of("block", block, list(self.blocks))
        return self.blocks[block]

    def opening(self, picture: int, block: str) -> int:
        """Return the channel to open a block on."""
        return self.at(block).opening(int(self._places[picture]))

    def maps(self, picture: int, block: str) -> NDArray[np.float32]:
        """Return the responses to a picture of the gallery of those channels that respond to any, ``(h, w, channels)``.

        Raises:
            CourseError: there is no such picture or block.
        """
        one_of("picture", picture, range(len(self.gallery)))
        channels = self.at(block).channels
        maps: NDArray[np.float32] = activations(self.backbone, self.gallery[picture : picture + 1], block)[0]
        return np.maximum(maps[..., channels], 0)

    def favourites(self, block: str, sheet: int) -> NDArray[np.uint8]:
        """Return the patches that excite the channels of a sheet most, the strongest first, each from another picture.

        Returns:
            uint8 ``(channels, 8, patch, patch, 3)``.

        Raises:
            CourseError: there is no such block or sheet.
        """
        at = self.at(block)
        one_of("sheet", sheet, range(at.sheets))
        return np.stack([self._patches(at, channel) for channel in at.sheet(sheet)])

    def _patches(self, block: ScopeBlock, channel: int) -> NDArray[np.uint8]:
        best = np.argsort(-block.peaks[:, channel], kind="stable")[:_FAVOURITES]
        units = [divmod(int(block.units[picture, channel]), block.size[1]) for picture in best]
        return np.stack(
            [patch_at(self.images[picture], block.field, y, x) for picture, (y, x) in zip(best, units, strict=True)]
        )

    def draw(self, block: str, channel: int, seed: int) -> Work:
        """Return the work of drawing the picture that excites a channel most, step by step."""

        def work(control: Control) -> Iterator[Sketch]:
            name = f"{block}, channel {channel}"
            sketches = channel_sketches(self.backbone, block, [channel], steps=STEPS, seed=seed)
            for step, (picture,) in enumerate(sketches, 1):
                outcome = "stopped" if control.stopped else "done" if step == STEPS else ""
                words = f"Drawn in {step} steps: what excites {name}." if outcome else ""
                yield Sketch(block, channel, seed, step, picture, outcome, words)
                if outcome:
                    return
                control.sleep(_PACE)

        return work

    def overview(self, picture: int = 0) -> Picture:
        """Return how the strongest channels of every block respond to a picture of the gallery."""
        image = self.gallery[picture]
        maps = {name: activations(self.backbone, image[None], name)[0] for name in self.blocks}
        return figures.response_maps(maps, image=image, title=f"Overview: picture {picture}, every block")


@dataclass(frozen=True)
class Sketch:
    """An unfinished drawing of what excites a channel most; ``outcome`` is empty while it is being drawn."""

    block: str
    channel: int
    seed: int
    step: int
    picture: NDArray[np.uint8]
    outcome: str = ""
    words: str = ""
    loss: float | None = None

    @property
    def measured(self) -> bool:
        """Whether a single step ends here."""
        return self.step % 8 == 0


def _survey(backbone: keras.Model, images: NDArray[np.uint8]) -> dict[str, ScopeBlock]:
    fields, members = receptive_fields(backbone), blocks(backbone)
    found = {}
    for name, (peaks, units) in block_peaks(backbone, images).items():
        rows, columns, width = (int(length) for length in members[name][-1].output.shape[1:])
        channels = [channel for channel in ranked_channels(peaks[:, None, None]) if peaks[:, channel].max() > 0]
        if not channels:
            raise CourseError(f"No channel of {name} responds to any of the pictures. Give others, or other weights.")
        found[name] = ScopeBlock(name, channels, width, (rows, columns), fields[name], peaks, units)
    return found


def _spread(count: int, most: int) -> NDArray[np.intp]:
    """Return the numbers of at most so many pictures, spread evenly, in order, from the first to the last."""
    return np.linspace(0, count - 1, min(count, most)).round().astype(np.intp)
