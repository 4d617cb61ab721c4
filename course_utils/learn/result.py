"""The result of a quick check or an exercise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from course_utils.frontend import someone_watches
from course_utils.learn.show import Block, Card, Paragraph, Shown, Tone

if TYPE_CHECKING:
    from ipywidgets import DOMWidget

CheckOutcome = Literal["passed", "partly", "wrong", "error", "unattempted"]

_VERDICTS: dict[CheckOutcome, tuple[Tone, str]] = {
    "passed": ("good", "Right"),
    "partly": ("open", "Partly there"),
    "wrong": ("bad", "Not yet"),
    "error": ("bad", "It could not be checked"),
    "unattempted": ("open", "Not answered yet"),
}


@dataclass(frozen=True, repr=False)
class Result(Shown):
    """The outcome of one check; shows itself as the last line of a cell.

    ``points`` lies in 0..``max_points``; ``message`` is one short sentence or two; ``context`` is what is
    shown above the verdict (a question and its choices), ``so_far`` the points of the whole lesson, and
    ``note`` what is shown below everything. ``form``, if any, makes the widget that takes the card's place where
    someone can use it. ``graded`` results are read by nbgrader, which takes a number for partial credit: their
    plain text is the points, beside the card as HTML.
    """

    id: str
    title: str
    outcome: CheckOutcome
    points: float
    max_points: float
    message: str
    context: tuple[Block, ...] = ()
    so_far: str = ""
    note: str = ""
    form: Callable[[], "DOMWidget"] | None = None
    graded: bool = False

    @property
    def passed(self) -> bool:
        """True for full points only."""
        return self.outcome == "passed"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        if self.graded:
            return {"text/plain": f"{self.points:g}", "text/html": self._repr_html_()}
        if self.form is None or not someone_watches():
            return {}  # the card, as HTML and as text
        return self.form()._repr_mimebundle_(**kwargs) or {}

    def card(self) -> Card:
        tone, verdict = _VERDICTS[self.outcome]
        score = f"{self.points:g} of {self.max_points:g} point{'' if self.max_points == 1 else 's'}"
        score = f"{score}; {self.so_far} so far" if self.so_far else score
        tail = () if self.outcome == "unattempted" else (Paragraph(score, quiet=True),)
        return Card(
            title=f"{self.id} {self.title}".strip(),
            tone=tone,
            verdict=verdict,
            blocks=(*self.context, Paragraph(self.message, verdict=True), *tail),
            note=self.note,
        )
