"""A lab's view: it shows one state, every control asks for another, and the state can be copied and restored."""

import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import ipywidgets

from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.labs.kit.controls import WIDE, Announcement, button, row
from course_utils.labs.kit.state_codes import decode, encode

S = TypeVar("S")


class View(Generic[S]):
    """The base of all labs. A lab sets ``name`` and ``kind``, and draws its state in ``draw``."""

    name: str
    kind: type[S]
    widget: ipywidgets.Box

    def __init__(self, state: S) -> None:
        self.state = state
        self.said = Announcement()
        self._code = ipywidgets.Text(description="State", style=WIDE, layout={"width": "30em"})
        self._written = ""
        self._lock = threading.RLock()  # a run's thread also draws
        self._drawing_thread: int | None = None

    def draw(self) -> None:
        """Set every control and every picture to the state."""
        raise NotImplementedError

    def check(self, state: S) -> None:
        """Refuse a restored state that this lab cannot show, such as one for other pictures.

        Raises:
            CourseError: the lab cannot show the state.
        """

    def default(self) -> Picture:
        """Return the picture for a page where no button works."""
        raise NotImplementedError

    def close(self) -> None:
        """End what the lab is running."""

    def on(self, control: ipywidgets.Widget, change: Callable[[S, Any], S]) -> None:
        """Whenever the control gets a new value, go to the state that ``change`` makes of it."""
        control.observe(lambda event: self.go(lambda state: change(state, event["new"])), "value")

    def go(self, change: Callable[[S], S]) -> None:
        """Go to another state and show it; if it is refused, say why and change nothing."""
        if self.drawing:
            return
        with self._lock:
            try:
                state = change(self.state)
            except CourseError as problem:
                self.said.say(str(problem))
                state = self.state
            self.show(state)

    @property
    def drawing(self) -> bool:
        """Whether the lab itself, and not the learner, is setting its controls."""
        return self._drawing_thread == threading.get_ident()

    def show(self, state: S) -> None:
        """Show a state."""
        with self._lock:
            self._drawing_thread = threading.get_ident()
            try:
                self.state = state
                self.draw()
                code = encode(self.name, state)
                if code != self._written:  # drawing the same state again keeps a pasted text
                    self._code.value = self._written = code
            finally:
                self._drawing_thread = None

    def restore(self, text: str) -> None:
        """Go to the state in a string; if there is none, say why and change nothing."""
        try:
            state = decode(self.name, self.kind, text)
            self.check(state)
        except CourseError as problem:
            self.said.say(str(problem))
        else:
            self.show(state)
            self.said.say("Restored.")

    def state_row(self) -> ipywidgets.HBox:
        """Return the state as text to copy, and a button that restores a state pasted over it."""
        return row(self._code, button("Restore", lambda: self.restore(self._code.value)))
