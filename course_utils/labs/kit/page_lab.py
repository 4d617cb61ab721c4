"""The base of labs that the page draws: settings are traits, and what a run does reaches the page as messages."""

from collections.abc import Callable, Sequence
from html import escape
from math import isfinite
from pathlib import Path
from typing import Any
from uuid import uuid4

import traitlets
from IPython.display import display, update_display

from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.frontend import KIT, draws_in_html, someone_watches
from course_utils.frontend.placed import GO_ON, PlacedWidget
from course_utils.labs.kit.live import Live, Work
from course_utils.labs.kit.open_labs import replace_open
from course_utils.labs.kit.training import RunProgress

_LONGEST = 500  # characters of a line that a saved notebook keeps


def style_sheet(*own: Path) -> str:
    """Return the kit's style sheets and a lab's own, as one."""
    sheets = (*(KIT / name for name in ("tokens.css", "kit.css", "frame.css")), *own)
    return "\n".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


class PageLab(PlacedWidget):
    """A lab on the page: a subclass has a name, a script, a style sheet, and a trait for each setting.

    Running a cell again closes the lab that it opened before.

    Attributes:
        data: what the page gets once: the recorded runs, the settings that there are, the sentences.
        live: the runs in this kernel, one at a time.
        progress: the newest run; None before the first.
    """

    name: str
    revealed: Any = True  # a trait where there is something to reveal
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self.live = Live()
        self._display = uuid4().hex
        self.progress: RunProgress | None = None
        self._before: RunProgress | None = None  # the newest run when another was started: not what is going on
        super().__init__(**traits)
        self.live.observe(self._updated, "update")
        self.live.observe(self._tell, ["update", "phase", "words"])
        self.on_msg(self._hear)
        replace_open(self.name, self)

    def work(self) -> tuple[Work, str]:
        """Return the run that the traits ask for, and its name."""
        raise NotImplementedError

    def run_data(self, run: RunProgress) -> dict[str, Any]:
        """Return what the page needs to know of a run beside its step and its loss."""
        raise NotImplementedError

    def still(self) -> Picture:
        """Return what the lab shows as a picture, for a page where nothing can be operated.

        Raises:
            CourseError: there is nothing recorded to draw.
        """
        raise NotImplementedError

    def start(self) -> bool:
        """Run for real what the traits ask for; return whether the run began."""
        work, name = self.work()
        before, self._before = self._before, self.progress
        if self.live.start(work, f"Running: {name}. The first run takes a few seconds to get ready."):
            return True
        self._before = before
        self._tell()
        return False

    def pause(self) -> None:
        """Pause after the current step."""
        self.live.pause()

    def resume(self) -> None:
        """Go on after a pause."""
        self.live.resume()

    def step_once(self) -> None:
        """Go on to the next measurement, and pause there."""
        self.live.step()

    def stop(self) -> None:
        """End the run after the current step; what was learned is kept."""
        self.live.stop()

    @property
    def model(self) -> Any:
        """The model as the last run left it, finished or stopped; None before the first run."""
        return self.progress.model if self.progress else None

    def close(self) -> None:
        """End what runs, and remove the lab from the page and from memory."""
        self.live.stop()
        self.layout.close()
        super().close()

    def snapshot(self) -> dict[str, Any]:
        """Return the state of the newest run, as the page gets it."""
        run, phase, words = self.progress, self.live.phase, self.live.words
        if run is None or (run is self._before and phase != "idle"):
            return {"kind": "live", "phase": phase, "words": words, "run": None}
        if phase == "paused":
            words = "Paused."
        elif phase == "running" and run.step:  # the page shows how far it is
            words = ""
        loss = run.loss if run.loss is not None and isfinite(run.loss) else None  # JSON has no NaN
        shown = {"step": run.step, "loss": loss, "outcome": run.outcome, **self.run_data(run)}
        return {"kind": "live", "phase": phase, "words": words, "run": shown}

    def _updated(self, event: dict[str, Any]) -> None:
        self.progress = event["new"]

    def _tell(self, _: object = None) -> None:
        self.send(self.snapshot())

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        """Do what the page asks for: a button's command, or to keep in words what it shows."""
        if content.get("command") == "keep":
            self._keep([str(line)[:_LONGEST] for line in content.get("lines", [])][:2])
            return
        commands: dict[str, Callable[[], object]] = {
            "show": self._tell,
            "start": self.start,
            "pause": self.pause,
            "resume": self.resume,
            "step": self.step_once,
            "stop": self.stop,
        }
        if command := commands.get(str(content.get("command"))):
            command()

    def static(self) -> dict[str, str]:
        try:
            picture = self.still()
            return {"text/html": picture.html(), "text/plain": picture.alt}
        except CourseError as problem:  # no recording to draw
            return {"text/html": f"<p>{escape(str(problem))}</p>", "text/plain": str(problem)}

    def _ipython_display_(self) -> None:
        """Show the lab where the page draws it in HTML; its picture comes after it, so that the page need not wait."""
        if not (someone_watches() and draws_in_html()):
            raise NotImplementedError  # says to IPython: use _repr_mimebundle_
        display({"text/html": self.element(""), "text/plain": ""}, raw=True)
        display(self._kept([]), raw=True, display_id=self._display)

    def _keep(self, lines: Sequence[str]) -> None:
        """Let a saved notebook keep what the lab shows."""
        if self.live.phase == "idle":  # drawing takes half a second, which a run does not lose
            update_display(self._kept(lines), raw=True, display_id=self._display)

    def _kept(self, lines: Sequence[str]) -> dict[str, str]:
        words = "".join(f"<p>{escape(line)}</p>" for line in lines)
        still = self.static() if self.revealed or not lines else {"text/html": "", "text/plain": ""}
        html = self.element(words + still["text/html"] + GO_ON, kept=True)
        return {"text/html": html, "text/plain": "\n".join([*lines, still["text/plain"]])}
