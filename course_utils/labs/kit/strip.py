"""The network strip: a network's blocks in a row, each with a lock, its learning rate and how far it moved."""

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets
import traitlets

from course_utils.errors import CourseError
from course_utils.figures.words import scientific

_BATCHNORM = {
    "inference": "BatchNorm in inference mode: its statistics stay still",
    "training": "BatchNorm in training mode: its statistics move",
}


class NetworkStrip(ipywidgets.VBox):
    """The blocks of a network in order, to lock and unlock with a click, Space or Enter.

    It only shows a state: a lab observes ``locked`` and sets the rest. Where the page cannot draw it, it offers plain
    buttons with the same state.

    Args:
        blocks: the blocks' names, from the pictures to the head.
    """

    #: Whether each block is frozen; both the lab and the learner change it.
    locked = traitlets.List(traitlets.Bool())
    #: Each block's learning rate; None if it has none.
    rates = traitlets.List(traitlets.Float(allow_none=True))
    #: How far each block moved, relative to the size of its weights.
    drift = traitlets.List(traitlets.Float())
    #: How many weights train.
    trainable = traitlets.Int()
    #: How many weights there are.
    total = traitlets.Int()
    #: Whether BatchNorm's statistics stay (``inference``) or move (``training``).
    batchnorm = traitlets.Enum(list(_BATCHNORM), "inference")

    def __init__(self, blocks: Sequence[str]) -> None:
        self.blocks = list(blocks)
        n = len(self.blocks)
        super().__init__(locked=[False] * n, rates=[None] * n, drift=[0.0] * n)
        try:
            from course_utils.labs.kit.strip_component import StripComponent
        except ImportError:  # a hand-made environment without anywidget
            self.use_plain_buttons()
        else:
            self.children = [StripComponent(self), self._way_out()]

    def use_plain_buttons(self) -> None:
        """Show the same state with stock controls."""
        self.children = [_Plain(self)]

    def summary(self) -> str:
        """Return how many weights train, and what BatchNorm does, in one line."""
        share = f" ({self.trainable / self.total:.0%})" if self.total else ""
        return f"{self.trainable:,} of {self.total:,} weights train{share}. {_BATCHNORM[self.batchnorm]}."

    def block_words(self) -> list[tuple[str, str]]:
        """Return each block's rate and drift in words."""
        return [
            ("no rate" if rate is None else f"rate {scientific(rate)}", f"moved {drift:.3f}")
            for rate, drift in zip(self.rates, self.drift, strict=True)
        ]

    @traitlets.validate("locked", "rates", "drift")
    def _one_a_block(self, proposal: Any) -> Any:
        if len(proposal["value"]) != len(self.blocks):
            raise CourseError(
                f"{proposal['trait'].name} has {len(proposal['value'])} values and the network strip has "
                f"{len(self.blocks)} blocks. Give one value per block."
            )
        return proposal["value"]

    def _way_out(self) -> ipywidgets.HBox:
        """Return what is shown until the component is drawn; the component's style sheet then hides it."""
        button = ipywidgets.Button(description="Use plain buttons", layout={"width": "auto"})
        button.on_click(lambda _: self.use_plain_buttons())
        row = ipywidgets.HBox([ipywidgets.HTML("The network strip is not drawn here."), button])
        row.add_class("network-strip-missing")
        return row


class _Plain(ipywidgets.VBox):
    """The strip in stock controls: a toggle button per block, with text below."""

    def __init__(self, strip: NetworkStrip) -> None:
        self._strip = strip
        self._buttons = [ipywidgets.ToggleButton(description=f"Lock {block}") for block in strip.blocks]
        self._lines = [ipywidgets.HTML() for _ in strip.blocks]
        self._summary = ipywidgets.HTML()
        columns = [ipywidgets.VBox(pair) for pair in zip(self._buttons, self._lines, strict=True)]
        super().__init__([ipywidgets.HBox(columns, layout={"flex_flow": "row wrap"}), self._summary])
        self._show()
        for button in self._buttons:
            button.observe(self._lock, "value")
        strip.observe(self._show, ["locked", "rates", "drift", "trainable", "total", "batchnorm"])

    def _lock(self, _: object) -> None:
        self._strip.locked = [button.value for button in self._buttons]

    def _show(self, _: object = None) -> None:
        strip = self._strip
        self._summary.value = escape(strip.summary())
        for button, line, locked, (rate, drift) in zip(
            self._buttons, self._lines, strip.locked, strip.block_words(), strict=True
        ):
            words = "locked" if locked else "learns", rate, drift
            button.value = locked
            button.tooltip = ", ".join(words)  # read out with the button's name
            line.value = "<br>".join(words)
