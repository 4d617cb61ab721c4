"""Forms to answer quick checks with: the same question, check and record, without a variable to set."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import ipywidgets
import traitlets
from IPython.display import display, update_display

from course_utils.errors import CourseError
from course_utils.frontend import KIT, draws_in_html
from course_utils.frontend.bundle import bundle
from course_utils.frontend.placed import GO_ON, WIDGET_VIEW, PlacedWidget
from course_utils.learn.quick_checks import Question, wanted
from course_utils.learn.result import Result
from course_utils.learn.show import SIGN, Paragraph, inline

_HERE = Path(__file__).parent
_INVITES = {
    "single": "Choose one",
    "multiple": "Choose all that fit",
    "number": "Type a number",
    "order": "Choose the steps in their order",
    "curve": "Type the numbers",
}
_WORDS = {
    "check": "Check",
    "first": "Answer first, then check.",
    "waiting": "The kernel is busy; it answers when it is done.",
    "gone": "The kernel behind this is gone, so nothing here answers. Run the notebook again from its first cell.",
    "number": "Your number",
    "place": "step {place}",
}


class AnswerForm(PlacedWidget):
    """The card of one question: inputs, a button, and what ``check`` says of the answer.

    Attributes:
        data: what the page gets once: the question, and the words of the card.
        answer: the letters that are chosen, in order; the text of a number; or those of a curve, with ";" between.
        verdict: what was said of the last answer that was checked; empty before the first.
    """

    _esm = bundle(_HERE / "answer_widget.js")
    _css = "\n".join(
        path.read_text(encoding="utf-8") for path in (KIT / "tokens.css", KIT / "kit.css", _HERE / "answer_form.css")
    )

    data = traitlets.Dict().tag(sync=True)
    answer = traitlets.Unicode("").tag(sync=True)
    verdict = traitlets.Dict().tag(sync=True)

    def __init__(self, question: Question, check: Callable[[Any], Result]) -> None:
        self._question, self._check = question, check
        self._result = check(None)
        self._listeners: list[Callable[[], None]] = []
        super().__init__(data={"question": _page_data(question, self._result.card().title), "words": _WORDS})
        self.on_msg(self._hear)

    def check(self, answer: str) -> None:
        """Check an answer as the cell would, and show what the check says; an empty one only shows the card."""
        if not answer.strip():
            return
        self.answer = answer
        try:
            result = self._check(answer.split(";") if self._question.kind == "curve" else answer)
        except CourseError as problem:  # the questions' file is damaged
            result = replace(self._result, outcome="error", message=str(problem))
        given = Paragraph(f"Your answer: `{', '.join(self._given(answer))}`")
        self._result = replace(result, context=(*result.context, given))
        card = result.card()
        self.verdict = {
            "answer": answer,
            "attempt": self.verdict.get("attempt", 0) + 1,
            "tone": card.tone,
            "sign": SIGN[card.tone],
            "word": f"{card.verdict}.",
            "why": inline(result.message),
            "score": inline(" ".join(filter(None, (f"{result.score}.", result.note)))),
        }
        for tell in self._listeners:
            tell()

    def on_check(self, tell: Callable[[], None]) -> None:
        """Call ``tell`` after every answer that is checked."""
        self._listeners.append(tell)

    def static(self) -> dict[str, str]:
        card = self._result.card()
        return {"text/html": card.html(), "text/plain": card.text()}

    def _given(self, answer: str) -> list[str]:
        match self._question.kind:
            case "number":
                return [answer.strip()]
            case "curve":
                return [part.strip() for part in answer.split(";")]
        return list(answer)

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        if content.get("command") == "check":
            self.check(str(content.get("answer", "")))


class AnswerForms:
    """The forms of one cell, below an opening; a saved notebook keeps what was answered."""

    def __init__(self, forms: Sequence[AnswerForm], opening: str = "") -> None:
        self.forms, self._opening, self._id = forms, opening, uuid4().hex

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Show the forms; where the page draws them in HTML, what is to be kept is an output of its own above them."""
        text = "\n\n".join(form.static()["text/plain"] for form in self.forms)
        if draws_in_html():
            display(self._kept(), raw=True, display_id=self._id)
            for form in self.forms:
                form.on_check(self._update)
            *others, last = self.forms
            places = "".join(form.element("") for form in others) + last.element(GO_ON)
            return {"text/html": places, "text/plain": text}
        opening = [ipywidgets.HTML(self._opening)] if self._opening else []
        view = ipywidgets.VBox([*opening, *self.forms])._repr_mimebundle_(**kwargs)
        return {**self._kept(), WIDGET_VIEW: view[WIDGET_VIEW]}

    def _kept(self) -> dict[str, str]:
        html = "".join(form.element(form.static()["text/html"], kept=True) for form in self.forms)
        return {"text/html": self._opening + html, "text/plain": ""}

    def _update(self) -> None:
        update_display(self._kept(), raw=True, display_id=self._id)


def _page_data(question: Question, name: str) -> dict[str, Any]:
    """Return what the page needs to ask the question."""
    texts = question.shown_choices()
    return {
        "name": name,
        "kind": question.kind,
        "html": inline(question.text),
        "choices": [{"letter": letter, "html": inline(text)} for letter, text in texts],
        "positions": list(question.positions),
        "unit": question.unit,
        "hint": inline(f"{_INVITES[question.kind]}, or answer in the cell with {wanted(question)}."),
    }
