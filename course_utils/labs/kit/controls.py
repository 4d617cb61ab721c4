"""The controls that labs share. Stock widgets only: all have a name, say their value and work from the keyboard."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets

from course_utils.figures.words import scientific
from course_utils.labs.kit.live import Live
from course_utils.labs.kit.training import replay

WIDE = {"description_width": "initial"}


def choice(description: str, options: Sequence[Any], value: Any) -> ipywidgets.Dropdown:
    """A list to choose from. Unlike Jupyter's sliders it has a name and says its value; arrow keys move it."""
    return ipywidgets.Dropdown(
        options=options, value=value, description=description, style=WIDE, layout={"width": "max-content"}
    )


def number(description: str, value: int, low: int, high: int) -> ipywidgets.BoundedIntText:
    """A whole number to type, or to move with the arrow keys."""
    return ipywidgets.BoundedIntText(
        value, low, high, description=description, style=WIDE, layout={"width": "max-content"}
    )


def rates(values: Sequence[float]) -> list[tuple[str, float]]:
    """Learning rates as options that read as they are written: 3e-4."""
    return [(scientific(value), value) for value in values]


def button(description: str, press: Callable[[], Any], **more: Any) -> ipywidgets.Button:
    """A button as wide as its words."""
    made = ipywidgets.Button(description=description, layout={"width": "auto"}, **more)
    made.on_click(lambda _: press())
    return made


def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Side by side, and below each other where there is no room."""
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap"})


class GuessMenu(ipywidgets.Dropdown):
    """A guess to choose from a list; None until there is one, which a list of options cannot hold itself."""

    _NONE = "no guess yet"

    def __init__(self, description: str, places: Sequence[tuple[str, Any]]) -> None:
        super().__init__(description=description, style=WIDE, layout={"width": "max-content"})
        self.offer(places)

    def offer(self, places: Sequence[tuple[str, Any]]) -> None:
        """Give these places to choose from; a guess that is not among them is none."""
        now = self.guess
        self.options = [(self._NONE, self._NONE), *places]
        self.guess = now

    @property
    def guess(self) -> Any:
        """What was chosen."""
        return None if self.value == self._NONE else self.value

    @guess.setter
    def guess(self, guess: Any) -> None:
        self.value = guess if guess in [value for _, value in self.options] else self._NONE


class Announcement(ipywidgets.HTML):
    """A sentence that screen readers read out when it changes."""

    def say(self, sentence: str) -> None:
        self.value = f'<div role="status" aria-live="polite">{escape(sentence)}</div>'


class Replay(ipywidgets.HBox):
    """Scrubs a recording: a list of its places, one back, one forward, or all of it by itself.

    Args:
        description: what a place is, such as ``Step``.
        go_to: shows the place of this number, counted from 0.
        live: plays all of it; a lab either trains or plays. None where a place takes too long to show for that.
    """

    def __init__(self, description: str, go_to: Callable[[int], None], live: Live | None = None) -> None:
        self._show = go_to
        self._place = choice(description, [""], "")
        self._place.observe(self._chosen, "index")
        self._back = button("Back", lambda: self._go_to(self._at - 1))
        self._forward = button("Forward", lambda: self._go_to(self._at + 1))
        self._play = button("Play", lambda: live and live.start(replay(self._count, self._go_to)))
        self._at, self._count = 0, 1
        shown = [self._place, self._back, self._forward, *([self._play] if live else [])]
        super().__init__(shown, layout={"flex_flow": "row wrap"})

    def set(self, places: Sequence[Any], at: int) -> None:
        """Offer these places and stand at one; with none there is nothing to replay yet."""
        self._at, self._count = at if places else 0, len(places)
        options = [str(place) for place in places] or ["reveal first"]
        if self._place.options != tuple(options):
            self._place.options = options
        self._place.index = self._at
        self._place.disabled = self._play.disabled = not places
        self._back.disabled, self._forward.disabled = self._at <= 0, self._at >= len(places) - 1

    def _go_to(self, place: int) -> None:
        """Show a place; a click that comes late, when there are fewer, shows the nearest."""
        if self._count:
            self._show(min(max(place, 0), self._count - 1))

    def _chosen(self, event: dict[str, Any]) -> None:
        if event["new"] is not None and event["new"] != self._at:
            self._go_to(event["new"])


class RunButtons(ipywidgets.HBox):
    """Run for real, pause, step and stop; what cannot be pressed now is disabled.

    Args:
        live: the runs.
        start: begins the next one.
    """

    def __init__(self, live: Live, start: Callable[[], Any]) -> None:
        self._live = live
        self._start = button("Run for real", start, button_style="primary")
        self._pause = button("Pause", self._pause_or_go_on)
        self._step = button("Step", live.step)
        self._stop = button("Stop", live.stop)
        live.observe(self._show, "phase")
        super().__init__([self._start, self._pause, self._step, self._stop], layout={"flex_flow": "row wrap"})
        self._show()

    def _pause_or_go_on(self) -> None:
        (self._live.resume if self._live.phase == "paused" else self._live.pause)()

    def _show(self, _: object = None) -> None:
        phase = self._live.phase
        self._start.disabled = phase != "idle"
        self._pause.disabled = self._stop.disabled = phase not in ("running", "paused")
        self._pause.description = "Go on" if phase == "paused" else "Pause"
        self._step.disabled = phase != "paused"
