"""The two levers as a widget: every control of the page is a trait."""

from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import recording
from course_utils.labs.levers_lab.own_question import answer_own_question
from course_utils.labs.levers_lab.two_levers import OWN, STYLES, TABLE, page_data, question_data

_START = TABLE["start"]
_LEVERS = {
    ("none", "none"): "no lever",
    ("none", "retrieved"): "facts looked up",
    ("adapter", "none"): "voice tuned",
    ("adapter", "retrieved"): "voice tuned, facts looked up",
    ("assistant", "none"): "tuned with passages, none shown",
    ("assistant", "retrieved"): "tuned with passages, facts looked up",
}
_SHARES = {"obeyed": "in the voice", "right": "right", "both": "both"}


class TwoLevers(PageLab):
    """Choose a question, set a lever for the voice and one for the facts, guess the answer's kind, and reveal it.

    Attributes:
        question: the key of a recorded one, such as "2", or "own".
        voice: "none", "adapter" for the tuned one, or "assistant" for the one that was tuned on answers from passages.
        facts: "none", or "retrieved" from the handbook.
        guess: "both", "right", "voice" or "neither"; None until the guess.
        revealed: whether the learner sees the answer.
    """

    name = "two-levers"
    _esm = bundle(Path(__file__).with_name("levers_widget.js"))
    _css = style_sheet(*STYLES)

    question = traitlets.Unicode(_START["question"]).tag(sync=True)
    voice = traitlets.Unicode(_START["voice"]).tag(sync=True)
    facts = traitlets.Unicode(_START["facts"]).tag(sync=True)
    guess = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, answers: Rows, levers: Rows, missing: str = "") -> None:
        self._levers = levers
        super().__init__(data=page_data(answers, levers, missing))

    def ask(self, text: str) -> dict[str, Any]:
        """Ask a question of the learner's own with every setting of the levers, and return it as the page gets it.

        Raises:
            CourseError: there is nothing in it, or SmolLM2 or MiniLM is not on this computer.
        """
        if not text.strip():
            raise CourseError(TABLE["words"]["empty"])
        passages, told = answer_own_question(text)
        return question_data(OWN, text, told, passages)

    def work(self) -> tuple[Work, str]:
        """Refuse: nothing is trained here.

        Raises:
            CourseError: always.
        """
        raise CourseError("The two levers train nothing. Call their ask(text) instead.")

    def still(self) -> Picture:
        if not self._levers:
            raise CourseError(self.data["missing"] or "There is no recording to draw.")
        rows = [
            {
                "levers": _LEVERS[row["voice"], row["passages"]],
                "answers": said,
                "share": row[column],
            }
            for row in self._levers
            for column, said in _SHARES.items()
        ]
        return figures.bars(
            rows, x="levers", y="share", by="answers", y_label="answers", title="What each lever brings"
        )

    def _hear(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        if content.get("command") != "ask":
            super()._hear(widget, content, buffers)
            return
        try:
            self.send({"kind": "own", "question": self.ask(str(content.get("text", ""))[: TABLE["longest"]])})
        except CourseError as problem:
            self.send({"kind": "own", "problem": str(problem)})

    @traitlets.validate("question", "voice", "facts", "guess")
    def _one_of_the_controls(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        allowed: dict[str, Any] = {
            "question": [*(asked["key"] for asked in self.data["questions"]), OWN],
            "voice": TABLE["voices"],
            "facts": TABLE["facts"],
            "guess": [None, *TABLE["guesses"]],
        }
        one_of(name, value, allowed[name])
        return value


def two_levers() -> TwoLevers:
    """Set the voice and the facts of a small assistant, and see what each lever brings to its answers."""
    answers, missing = recording("language-answers")
    levers, also_missing = recording("language-levers")
    return TwoLevers(answers, levers, missing or also_missing)
