"""The layer microscope as a widget: every control of the page is a trait."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import traitlets
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.microscope_lab.microscope import SEEDS, STEPS, STYLES, TABLE, Microscope
from course_utils.labs.microscope_lab.microscope_data import favourites_data, frame_data, map_data, page_data


class MicroscopeLab(PageLab):
    """Choose a picture, a block and a channel; guess where the channel responds, reveal, watch what excites it.

    Attributes:
        scope: the network and the pictures.
        picture: in the gallery, counted from 0.
        block, channel: what is looked at; another block opens on one of its own channels.
        guess: the unit of the block's feature map, counted row by row, where the learner expects the strongest
            response; None until the learner guesses.
        revealed: whether the learner sees responses.
        seed: of the drawing.
        step: how far the drawing is shown.
    """

    name = "microscope"
    _esm = bundle(Path(__file__).with_name("microscope_widget.js"))
    _css = style_sheet(*STYLES)

    picture = traitlets.Int().tag(sync=True)
    block = traitlets.Unicode().tag(sync=True)
    channel = traitlets.Int().tag(sync=True)
    guess = traitlets.Int(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)
    seed = traitlets.Int(TABLE["seed"]["least"]).tag(sync=True)
    step = traitlets.Int(STEPS).tag(sync=True)

    def __init__(self, scope: Microscope) -> None:
        self.scope = scope
        picture, block, channel = scope.start
        super().__init__(data=page_data(scope), picture=picture, block=block, channel=channel)

    @property
    def model(self) -> keras.Model:
        """The network under the microscope."""
        return self.scope.backbone

    def work(self) -> tuple[Work, str]:
        name = f"{self.block}, channel {self.channel}"
        return self.scope.draw(self.block, self.channel, self.seed), name

    def run_data(self, run: Any) -> dict[str, Any]:
        setting = {"block": run.block, "channel": run.channel, "seed": run.seed}
        return {"setting": setting, "total": STEPS, "frame": frame_data(run.picture)}

    def still(self) -> Picture:
        return self.scope.overview(self.picture)

    def _hear(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        try:
            if content.get("command") == "maps":
                self._send_maps(content.get("picture"), content.get("block"))
            elif content.get("command") == "favourites":
                self._send_favourites(content.get("block"), content.get("sheet"))
            else:
                super()._hear(widget, content, buffers)
        except CourseError:
            return  # no page of this lab asks for what does not exist

    def _send_maps(self, picture: Any, block: Any) -> None:
        self.send({"kind": "maps", "picture": picture, "block": block, **map_data(self.scope, picture, block)})

    def _send_favourites(self, block: Any, sheet: Any) -> None:
        found = favourites_data(self.scope, block, sheet)
        self.send({"kind": "favourites", "block": block, "sheet": sheet, "picture": found})

    @traitlets.validate("picture", "block", "channel", "guess", "seed")
    def _one_of_the_controls(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        allowed: dict[str, Any] = {
            "picture": range(len(self.scope.gallery)),
            "block": list(self.scope.blocks),
            "seed": SEEDS,
        }
        if name == "channel":
            one_of("channel", value, self.scope.at(self.block).channels)
        elif name == "guess":
            rows, columns = self.scope.at(self.block).size
            one_of("guess", value, (None, *range(rows * columns)))
        else:
            one_of(name, value, allowed[name])
        return value

    @traitlets.observe("block")
    def _keep_to_the_block(self, _: object) -> None:
        at = self.scope.at(self.block)
        if self.channel not in at.channels:
            self.channel = self.scope.opening(self.picture, self.block)
        if self.guess is not None and self.guess >= at.size[0] * at.size[1]:
            self.guess = None


def microscope(backbone: keras.Model, images: NDArray[np.uint8]) -> MicroscopeLab:
    """Look into a network: choose a channel, guess where it responds, reveal, watch what excites it being drawn.

    Args:
        backbone: any functional Keras backbone with named blocks.
        images: uint8 ``(n, side, side, 3)`` in the backbone's size, 8 or more. The gallery shows a dozen of them,
            and favourites are searched for in as many as can be looked through in a second or two.

    Raises:
        CourseError: there are too few pictures, or no channel of a block responds to any.
    """
    return MicroscopeLab(Microscope(backbone, images))
