"""The result of a quick check or an exercise."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from course_utils.frontend import someone_watches
from course_utils.learn.show import Block, Card, Paragraph, Shown, Tone

CheckOutcome = Literal["passed", "partly", "wrong", "error", "unattempted"]

_VERDICTS: dict[CheckOutcome, tuple[Tone, str]] = {
    "passed": ("good", "Right"),
    "partly": ("open", "Partly there"),
    "wrong": ("bad", "Not yet"),
    "error": ("bad", "It could not be checked"),
    "unattempted": ("open", "Not answered yet"),
}


class Operable(Protocol):
    """What a notebook shows as something to operate."""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]: ...


@dataclass(frozen=True, repr=False)
class Result(Shown):
    """The outcome of one check; shows itself as the last line of a cell.

    ``points`` lies in 0..``max_points``; ``message`` is one short sentence or two; ``context`` is what is
    shown above the verdict (a question and its choices), ``so_far`` the points of the whole lesson, and
    ``note`` what is shown below everything. ``form``, if any, makes the form that takes the card's place where
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
    form: Callable[[], Operable] | None = None
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
        return self.form()._repr_mimebundle_(**kwargs)

    @property
    def score(self) -> str:
        """The points in words, of this check and of the lesson so far."""
        score = f"{self.points:g} of {self.max_points:g} point{'' if self.max_points == 1 else 's'}"
        return f"{score}; {self.so_far} so far" if self.so_far else score

    def card(self) -> Card:
        tone, verdict = _VERDICTS[self.outcome]
        tail = () if self.outcome == "unattempted" else (Paragraph(self.score, quiet=True),)
        return Card(
            title=f"{self.id} {self.title}".strip(),
            tone=tone,
            verdict=verdict,
            blocks=(*self.context, Paragraph(self.message, verdict=True), *tail),
            note=self.note,
        )
