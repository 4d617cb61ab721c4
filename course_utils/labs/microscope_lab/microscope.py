"""The state of lesson 01's layer microscope: a picture, a block, a channel and a guess where it responds."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils import figures
from course_utils.backbones import blocks
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.figures.words import place
from course_utils.inspection import (
    activations,
    channel_sketches,
    exciting_patches,
    ranked_channels,
    receptive_fields,
)
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.state_codes import one_of

_FAVOURITES = 8
_MOST, _NAME = range(100_000), 60
_STEPS, _PACE = 96, 0.03  # steps of the drawing, and seconds between them: slow enough to watch
#: Where in a picture a channel may respond most.
PLACES = tuple(place(y / 6, x / 6) for y in (1, 3, 5) for x in (1, 3, 5))


@dataclass(frozen=True)
class MicroscopeState:
    """Everything that decides what the lab shows.

    Attributes:
        picture, block, channel: the selection; the network and the pictures decide what exists.
        guess: the learner's guess where in the picture the channel responds most; one of ``PLACES``.
        revealed: whether the learner has seen the channel's response.
        seed: of the drawing that excites the channel.
    """

    picture: int
    block: str
    channel: int
    guess: str | None = None
    revealed: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        one_of("picture", self.picture, _MOST)
        one_of("channel", self.channel, _MOST)
        one_of("place", self.guess, (None, *PLACES))
        one_of("'revealed' value", self.revealed, (False, True))
        one_of("seed", self.seed, range(100))
        if not isinstance(self.block, str) or len(self.block) > _NAME:
            raise CourseError(f"A block's name has at most {_NAME} characters. Choose one from the lab's controls.")

    def at_picture(self, picture: int) -> "MicroscopeState":
        """Return the state for another picture, without a guess."""
        return replace(self, picture=picture, guess=None)

    def at_channel(self, channel: int) -> "MicroscopeState":
        """Return the state for another channel, without a guess."""
        return replace(self, channel=channel, guess=None)

    def at_block(self, block: str, channel: int) -> "MicroscopeState":
        """Return the state for another block, at one of its channels, without a guess."""
        return replace(self, block=block, channel=channel, guess=None)


class Microscope:
    """A network and pictures under the microscope; the state alone decides what it shows.

    A block's favourite patches reflect the network's weights at the time when the block is selected.

    Args:
        backbone: any functional Keras backbone with named blocks.
        images: uint8 ``(n, side, side, 3)`` in the backbone's size, 8 or more.

    Raises:
        CourseError: there are too few pictures.
    """

    def __init__(self, backbone: keras.Model, images: NDArray[np.uint8]) -> None:
        if len(images) < _FAVOURITES:
            raise CourseError(f"images holds {len(images)} pictures; the microscope needs {_FAVOURITES} or more.")
        self.backbone, self.images = backbone, images
        self.blocks = {name: int(members[-1].output.shape[-1]) for name, members in blocks(backbone).items()}
        self._ranked: dict[str, list[int]] = {}
        self._fields = receptive_fields(backbone)
        self._held: tuple[str, NDArray[np.float32]] = "", np.empty(0, np.float32)

    def start(self) -> MicroscopeState:
        """Return the state for the first picture and the first block's channel that stands out most."""
        block = next(iter(self.blocks))
        return MicroscopeState(0, block, self.ranked(block)[0])

    def check(self, state: MicroscopeState) -> None:
        """Refuse a state for another network or other pictures.

        Raises:
            CourseError: there is no such picture, block or channel.
        """
        one_of("picture", state.picture, range(len(self.images)))
        one_of("block", state.block, list(self.blocks))
        one_of("channel", state.channel, range(self.blocks[state.block]))

    def ranked(self, block: str) -> list[int]:
        """Return the channels of a block, those that stand out most first."""
        if block not in self._ranked:
            self._ranked[block] = ranked_channels(self._maps(block))
        return self._ranked[block]

    def _maps(self, block: str) -> NDArray[np.float32]:
        """Return a block's responses to all pictures, cached for the last block because they take up to 0.3 s."""
        if self._held[0] != block:
            self._held = block, activations(self.backbone, self.images, block)
        return self._held[1]

    def answer(self, state: MicroscopeState) -> NDArray[np.float32]:
        """Return the channel's response to the picture, ``(h, w)``."""
        image = self.images[state.picture]
        return activations(self.backbone, image[None], state.block)[0, ..., state.channel]

    def strongest_place(self, state: MicroscopeState) -> str | None:
        """Return where in the picture the channel responds most; None if it does not respond at all."""
        answer = self.answer(state)
        if answer.max() <= 0:
            return None
        y, x = np.unravel_index(int(answer.argmax()), answer.shape)
        return place((y + 0.5) / answer.shape[0], (x + 0.5) / answer.shape[1])

    def verdict(self, state: MicroscopeState) -> str:
        """Compare the guess with the channel's response."""
        found = self.strongest_place(state)
        happened = f"answers most {found}" if found else "does not answer to this picture at all"
        words = f"Channel {state.channel} of {state.block} {happened}."
        if state.guess is None:
            return words
        close = "You saw it coming." if state.guess == found else f"Your guess was {state.guess}."
        return f"{words} {close}"

    def overview(self, state: MicroscopeState) -> Picture:
        """Return how the strongest channels of every block respond to the picture."""
        image = self.images[state.picture]
        maps = {name: activations(self.backbone, image[None], name)[0] for name in self.blocks}
        return figures.response_maps(maps, image=image, title=f"Overview: picture {state.picture}, every block")

    def detail(self, state: MicroscopeState) -> Picture:
        """Return the channel's response, laid over the picture."""
        image, answer = self.images[state.picture], self.answer(state)
        rows = np.arange(image.shape[0]) * answer.shape[0] // image.shape[0]
        columns = np.arange(image.shape[1]) * answer.shape[1] // image.shape[1]
        title = f"Detail: {state.block}, channel {state.channel}, picture {state.picture}"
        return figures.heat_over(image, answer[rows][:, columns], title=title, label="response")

    def favourites(self, state: MicroscopeState) -> Picture:
        """Return the patches of all pictures that excite the channel most."""
        field = self._fields[state.block]
        patches = exciting_patches(self._maps(state.block), self.images, field, [state.channel], _FAVOURITES)
        title = f"Favourites: {state.block}, channel {state.channel}"
        return figures.patch_grid(patches, [f"channel {state.channel}"], title=title)

    def draw(self, state: MicroscopeState) -> Work:
        """Return the work of drawing the picture that excites the channel most, step by step."""

        def work(control: Control) -> Iterator[Sketch]:
            name = f"{state.block}, channel {state.channel}"
            sketches = channel_sketches(self.backbone, state.block, [state.channel], steps=_STEPS, seed=state.seed)
            for step, (picture,) in enumerate(sketches, 1):
                ended = step == _STEPS or control.stopped
                yield Sketch(name, step, picture, f"Drawn in {step} steps: what excites {name}." if ended else "")
                if ended:
                    return
                control.sleep(_PACE)

        return work


@dataclass(frozen=True)
class Sketch:
    """An unfinished drawing of what excites a channel most."""

    name: str
    step: int
    picture: NDArray[np.uint8]
    words: str = ""

    @property
    def measured(self) -> bool:
        """Whether a single step ends here."""
        return self.step % 8 == 0
