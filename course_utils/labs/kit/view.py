"""A lab's view: it shows one state, every control asks for another one, and the state can be copied and restored."""

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
    """What all labs share. A lab says what it is by ``name`` and ``kind``, and draws its state in ``draw``."""

    name: str
    kind: type[S]
    widget: ipywidgets.Box

    def __init__(self, state: S) -> None:
        self.state = state
        self.said = Announcement()
        self._code = ipywidgets.Text(description="State", style=WIDE, layout={"width": "30em"})
        self._written = ""
        self._lock = threading.RLock()  # a run's thread draws as well
        self._drawing_thread: int | None = None

    def draw(self) -> None:
        """Set every control and every picture to what the state says."""
        raise NotImplementedError

    def check(self, state: S) -> None:
        """Refuse a restored state that this lab cannot show, where what it can show is not the same everywhere.

        Raises:
            CourseError: it cannot.
        """

    def default(self) -> Picture:
        """The picture where nobody can press a button."""
        raise NotImplementedError

    def close(self) -> None:
        """End what the lab has running."""

    def on(self, control: ipywidgets.Widget, change: Callable[[S, Any], S]) -> None:
        """Whenever the control has a new value, go to the state that ``change`` makes of it."""
        control.observe(lambda event: self.go(lambda state: change(state, event["new"])), "value")

    def go(self, change: Callable[[S], S]) -> None:
        """Go to another state and show it; what is refused is said, and nothing changes."""
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
        """Whether it is the lab itself that sets its controls, and nobody else."""
        return self._drawing_thread == threading.get_ident()

    def show(self, state: S) -> None:
        """Show a state."""
        with self._lock:
            self._drawing_thread = threading.get_ident()
            try:
                self.state = state
                self.draw()
                code = encode(self.name, state)
                if code != self._written:  # drawing the same state again leaves what was pasted
                    self._code.value = self._written = code
            finally:
                self._drawing_thread = None

    def restore(self, text: str) -> None:
        """Go to the state that a string holds; where it holds none, the lab says why and stays as it is."""
        try:
            state = decode(self.name, self.kind, text)
            self.check(state)
        except CourseError as problem:
            self.said.say(str(problem))
        else:
            self.show(state)
            self.said.say("Restored.")

    def state_row(self) -> ipywidgets.HBox:
        """The state as text to copy, and a button that restores what was pasted over it."""
        return row(self._code, button("Restore", lambda: self.restore(self._code.value)))
