"""The network strip in stock controls: a box to tick for each block, and a line that says the rest."""

from collections.abc import Sequence
from html import escape

import ipywidgets
import traitlets

from course_utils.figures.words import scientific


class NetworkStrip(ipywidgets.VBox):
    """The blocks of a network in order, to lock and unlock; a lab observes ``locked`` and sets the rest."""

    locked = traitlets.List(traitlets.Bool())
    rates = traitlets.List(traitlets.Float(allow_none=True))
    drift = traitlets.List(traitlets.Float())
    trainable = traitlets.Int()
    total = traitlets.Int()
    batchnorm = traitlets.Enum(["inference", "training"], "inference")

    def __init__(self, blocks: Sequence[str]) -> None:
        self._boxes = [ipywidgets.Checkbox(description=f"Lock {block}", indent=False) for block in blocks]
        self._words = ipywidgets.HTML()
        self.blocks = list(blocks)
        boxes = ipywidgets.HBox(self._boxes, layout={"flex_flow": "row wrap"})
        none = [None] * len(self.blocks)
        super().__init__([boxes, self._words], locked=[False] * len(none), rates=none, drift=[0.0] * len(none))
        for box in self._boxes:
            box.observe(self._lock, "value")
        self.observe(self._show, ["locked", "rates", "drift", "trainable", "total", "batchnorm"])
        self._show()

    def summary(self) -> str:
        """All that the strip says, in words."""
        told = [
            f"{block} {'locked' if locked else 'learns'}"
            + (f" at {scientific(rate)}" if rate is not None else "")
            + f", moved {drift:.3f}"
            for block, locked, rate, drift in zip(self.blocks, self.locked, self.rates, self.drift, strict=True)
        ]
        told.append(f"{self.trainable:,} of {self.total:,} weights train")
        told.append(f"BatchNorm's statistics {'stay still' if self.batchnorm == 'inference' else 'MOVE'}")
        return f"{'; '.join(told)}."

    def _lock(self, _: object) -> None:
        self.locked = [box.value for box in self._boxes]

    def _show(self, _: object = None) -> None:
        for box, locked in zip(self._boxes, self.locked, strict=True):
            box.value = locked
        self._words.value = escape(self.summary())
