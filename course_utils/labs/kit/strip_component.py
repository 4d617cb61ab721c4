"""The network strip as a component of the page; its script and style sheet are beside this module."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import traitlets
from anywidget import AnyWidget

_HERE = Path(__file__).parent


class StripState(Protocol):
    """What the component draws and changes: the traits of a ``NetworkStrip``."""

    blocks: list[str]
    locked: list[bool]
    rates: list[float | None]
    drift: list[float]
    batchnorm: str

    def block_words(self) -> list[tuple[str, str]]: ...

    def summary(self) -> str: ...

    def observe(self, handler: Callable[[Any], Any], names: str | Sequence[str]) -> None: ...

    def set_trait(self, name: str, value: Any) -> None: ...


class StripComponent(AnyWidget):
    """The part of a ``NetworkStrip`` that the page draws: ``locked`` syncs both ways, ``shown`` holds the rest."""

    _esm = _HERE / "strip.js"
    _css = _HERE / "strip.css"
    blocks = traitlets.List(traitlets.Unicode()).tag(sync=True)
    locked = traitlets.List(traitlets.Bool()).tag(sync=True)
    shown = traitlets.Dict().tag(sync=True)

    def __init__(self, strip: StripState) -> None:
        super().__init__(blocks=strip.blocks, locked=strip.locked, shown=_read(strip))
        # Not traitlets.link: if a lab corrected a lock in its observer, the two would differ.
        strip.observe(lambda _: self.set_trait("locked", strip.locked), "locked")
        self.observe(lambda _: strip.set_trait("locked", self.locked), "locked")
        strip.observe(
            lambda _: self.set_trait("shown", _read(strip)), ["rates", "drift", "trainable", "total", "batchnorm"]
        )


def _read(strip: StripState) -> dict[str, Any]:
    rates, drifts = zip(*strip.block_words(), strict=True)
    return {
        "rates": strip.rates,
        "rateWords": rates,
        "drift": strip.drift,
        "driftWords": drifts,
        "summary": strip.summary(),
        "moving": strip.batchnorm == "training",
    }
