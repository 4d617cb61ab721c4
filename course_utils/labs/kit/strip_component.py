"""The network strip as a component of the page: its script and style sheet lie beside this module."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets
from anywidget import AnyWidget

if TYPE_CHECKING:
    from course_utils.labs.kit.strip import NetworkStrip

_HERE = Path(__file__).parent


class StripComponent(AnyWidget):
    """What the page draws of a ``NetworkStrip``: ``locked`` goes both ways, ``shown`` holds all the rest."""

    _esm = _HERE / "strip.js"
    _css = _HERE / "strip.css"
    blocks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    locked = traitlets.List(traitlets.Bool()).tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, strip: NetworkStrip) -> None:
        super().__init__(blocks=strip.blocks, locked=strip.locked, shown=_read(strip))
        # No traitlets.link: a lab that corrects a lock while it hears of it would leave the two apart.
        strip.observe(lambda _: self.set_trait("locked", strip.locked), "locked")
        self.observe(lambda _: strip.set_trait("locked", self.locked), "locked")
        strip.observe(
            lambda _: self.set_trait("shown", _read(strip)), ["rates", "drift", "trainable", "total", "batchnorm"]
        )


def _read(strip: NetworkStrip) -> dict[str, Any]:
    rates, drifts = zip(*strip.block_words(), strict=True)
    return {
        "rates": strip.rates,
        "rateWords": rates,
        "drift": strip.drift,
        "driftWords": drifts,
        "summary": strip.summary(),
        "moving": strip.batchnorm == "training",
    }
