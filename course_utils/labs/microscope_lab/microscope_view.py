"""The layer microscope on the page."""

import base64
import io
from dataclasses import replace
from html import escape
from typing import Any

import ipywidgets
import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from course_utils.figures import Picture
from course_utils.labs.kit.controls import Announcement, GuessMenu, Replay, RunButtons, button, choice, number, row
from course_utils.labs.kit.lab import Lab, shown
from course_utils.labs.kit.live import Live
from course_utils.labs.kit.view import View
from course_utils.labs.microscope_lab.microscope import PLACES, Microscope, MicroscopeState, Sketch

_SIDE = 160  # of a drawn picture, in pixels of the page
_QUESTION = (
    "Look at the patches that the channel likes best. Where in your picture will it answer most? Guess, then reveal."
)


class MicroscopeView(View[MicroscopeState]):
    """Overview, then detail; a guess and its reveal; the channels one by one; a live drawing."""

    name, kind = "microscope", MicroscopeState

    def __init__(self, scope: Microscope) -> None:
        super().__init__(scope.start())
        state, self.scope = self.state, scope
        self._first = scope.overview(state)
        self.live = Live()
        self.sketches: tuple[Sketch | None, Sketch | None] = None, None  # the newest, and the ghost
        self._shown: dict[ipywidgets.HTML, Any] = {}
        self.image = number("Picture", state.picture, 0, len(scope.images) - 1)
        self.block = choice("Block", list(scope.blocks), state.block)
        self.channels = Replay("Channel, those that stand out first", self._go_to)
        self.guess = GuessMenu("Your guess: it answers most", [(place, place) for place in PLACES])
        self.reveal = button("Reveal", self._reveal)
        self.seed = number("Seed of the drawing", 0, 0, 99)
        self.buttons = RunButtons(self.live, lambda: self.live.start(scope.draw(self.state), "Drawing."))
        self.overview, self.favourites, self.detail, self.drawn = (ipywidgets.HTML() for _ in range(4))
        self.reading = Announcement()
        self.on(self.image, MicroscopeState.at_picture)
        self.on(self.block, lambda state, block: state.at_block(block, scope.ranked(block)[0]))
        self.on(self.guess, lambda state, _: replace(state, guess=self.guess.guess))
        self.on(self.seed, lambda state, seed: replace(state, seed=seed))
        self.live.observe(self._updated, "update")
        self.live.observe(lambda event: self.said.say(event["new"]), "words")
        self.widget = ipywidgets.VBox(
            [
                row(self.image, self.block),
                self.overview,
                self.channels,
                self.favourites,
                row(self.guess, self.reveal),
                self.reading,
                self.detail,
                row(self.seed, self.buttons),
                self.said,
                self.drawn,
                self.state_row(),
            ]
        )
        self.show(state)
        self.said.say(_QUESTION)

    def check(self, state: MicroscopeState) -> None:
        self.scope.check(state)

    def close(self) -> None:
        self.live.stop()

    def draw(self) -> None:
        state, ranked = self.state, self.scope.ranked(self.state.block)
        self.image.value, self.block.value = state.picture, state.block
        self.guess.guess, self.seed.value = state.guess, state.seed
        hidden = f"Picture {state.picture}; channel {state.channel} of {state.block}: its answer is hidden."
        self.reading.say(
            self.scope.verdict(state) if state.revealed else hidden
        )  # before the pictures, which take time
        self.channels.set(ranked, ranked.index(state.channel))
        at = state.picture, state.block, state.channel
        first = state.picture == self.scope.start().picture
        self._put(self.overview, at[:1], lambda: self._first if first else self.scope.overview(state))
        self._put(self.favourites, at[1:], lambda: self.scope.favourites(state))
        if state.revealed:
            self._put(self.detail, at, lambda: self.scope.detail(state))
        else:
            self._shown.pop(self.detail, None)
            self.detail.value = ""

    def default(self) -> Picture:
        """Return the overview of the first picture."""
        return self._first

    def _put(self, panel: ipywidgets.HTML, what: Any, picture: Any) -> None:
        """Draw a panel if it shows something else."""
        if self._shown.get(panel) != what:
            self._shown[panel] = what
            panel.value = shown(picture())

    def _reveal(self) -> None:
        self.go(lambda state: replace(state, revealed=True))

    def _go_to(self, place: int) -> None:
        self.go(lambda state: state.at_channel(self.scope.ranked(state.block)[place]))

    def _updated(self, event: dict[str, Any]) -> None:
        sketch: Sketch = event["new"]
        now, before = self.sketches
        if now and sketch.step < now.step:  # a new drawing
            before = now
        self.sketches = sketch, before
        self.drawn.value = "".join(
            _image(one.picture, f"{name}: {one.name} after {one.step} steps")
            for name, one in (("live", sketch), ("before", before))
            if one
        )


def _image(picture: NDArray[np.uint8], alt: str) -> str:
    stream = io.BytesIO()
    Image.fromarray(picture).resize((_SIDE, _SIDE), Image.Resampling.BICUBIC).save(stream, "png")
    data = base64.b64encode(stream.getvalue()).decode()
    caption = f"<figcaption>{escape(alt)}</figcaption>"
    return (
        '<figure style="display:inline-block;margin:0 1em 0 0">'
        f'<img src="data:image/png;base64,{data}" alt="{escape(alt)}" width="{_SIDE}">{caption}</figure>'
    )


def microscope(backbone: keras.Model, images: NDArray[np.uint8]) -> Lab:
    """Look through a network: the overview, then a channel; guess where it responds, reveal, draw what excites it.

    Args:
        backbone: any functional Keras backbone with named blocks.
        images: uint8 ``(n, side, side, 3)`` in the backbone's size, 8 or more.
    """
    return Lab(MicroscopeView(Microscope(backbone, images)))
