"""The controls that labs share: stock widgets, which all have a name, announce their value and work by keyboard."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import ipywidgets

from course_utils.figures.words import scientific
from course_utils.labs.kit.live import Live
from course_utils.labs.kit.training import replay

WIDE = {"description_width": "initial"}


def choice(description: str, options: Sequence[Any], value: Any) -> ipywidgets.Dropdown:
    """Return a list to choose from. Unlike Jupyter's sliders, it has a name, says its value and takes arrow keys."""
    return ipywidgets.Dropdown(
        options=options, value=value, description=description, style=WIDE, layout={"width": "max-content"}
    )


def number(description: str, value: int, low: int, high: int) -> ipywidgets.BoundedIntText:
    """Return a field for a whole number, to type or to change with the arrow keys."""
    return ipywidgets.BoundedIntText(
        value, low, high, description=description, style=WIDE, layout={"width": "max-content"}
    )


def rates(values: Sequence[float]) -> list[tuple[str, float]]:
    """Return learning rates as options, named as they are usually written: 3e-4."""
    return [(scientific(value), value) for value in values]


def button(description: str, press: Callable[[], Any], **more: Any) -> ipywidgets.Button:
    """Return a button as wide as its label."""
    made = ipywidgets.Button(description=description, layout={"width": "auto"}, **more)
    made.on_click(lambda _: press())
    return made


def row(*widgets: ipywidgets.Widget) -> ipywidgets.HBox:
    """Place widgets side by side, wrapped where there is no room."""
    return ipywidgets.HBox(widgets, layout={"flex_flow": "row wrap"})


class GuessMenu(ipywidgets.Dropdown):
    """A guess to choose from a list; None until the learner guesses."""

    _NONE = "no guess yet"

    def __init__(self, description: str, places: Sequence[tuple[str, Any]]) -> None:
        super().__init__(description=description, style=WIDE, layout={"width": "max-content"})
        self.offer(places)

    def offer(self, places: Sequence[tuple[str, Any]]) -> None:
        """Offer these places; a guess that is not among them is dropped."""
        now = self.guess
        self.options = [(self._NONE, self._NONE), *places]
        self.guess = now

    @property
    def guess(self) -> Any:
        """The chosen place, or None."""
        return None if self.value == self._NONE else self.value

    @guess.setter
    def guess(self, guess: Any) -> None:
        self.value = guess if guess in [value for _, value in self.options] else self._NONE


class Announcement(ipywidgets.HTML):
    """A sentence that screen readers read out when it changes."""

    def say(self, sentence: str) -> None:
        self.value = f'<div role="status" aria-live="polite">{escape(sentence)}</div>'


class Replay(ipywidgets.HBox):
    """Controls for a recording: choose a place, go back, go forward, or play all of it.

    Args:
        description: what a place is, such as ``Step``.
        go_to: shows the place with this number, counted from 0.
        live: plays the recording; a lab either trains or plays. None if a place takes too long to show.
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
        """Offer these places and select one; with none, there is nothing to replay yet."""
        self._at, self._count = at if places else 0, len(places)
        options = [str(place) for place in places] or ["reveal first"]
        if self._place.options != tuple(options):
            self._place.options = options
        self._place.index = self._at
        self._place.disabled = self._play.disabled = not places
        self._back.disabled, self._forward.disabled = self._at <= 0, self._at >= len(places) - 1

    def _go_to(self, place: int) -> None:
        """Show a place, or the nearest one if a late click asks for a place that is gone."""
        if self._count:
            self._show(min(max(place, 0), self._count - 1))

    def _chosen(self, event: dict[str, Any]) -> None:
        if event["new"] is not None and event["new"] != self._at:
            self._go_to(event["new"])


class RunButtons(ipywidgets.HBox):
    """Buttons to run for real, pause, step and stop; those that do not apply are disabled.

    Args:
        live: the runs.
        start: begins the next run.
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
