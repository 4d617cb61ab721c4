"""The sentence microscope as a widget: every control of the page is a trait."""

from pathlib import Path
from typing import Any

import traitlets

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments.sentence_looks import look_at
from course_utils.figures import Picture
from course_utils.figures.tables import Rows
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Work
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import recording
from course_utils.labs.sentence_lab.sentence_microscope import OWN, STYLES, TABLE, page_data, sentence_data

_START = TABLE["start"]


class SentenceMicroscope(PageLab):
    """Choose a sentence, a layer and a token; guess the nearest labelled message's desk, and reveal it.

    Attributes:
        sentence: the key of a recorded one, such as "2", or "own".
        layer: 0, the word vectors, to 6.
        token: whose similarity to the others is shown, counted from 0.
        labels: messages of each desk that are compared.
        guess: the desk that the learner expects; None until the guess.
        revealed: whether the learner sees the nearest messages.
    """

    name = "sentence-microscope"
    _esm = bundle(Path(__file__).with_name("sentence_widget.js"))
    _css = style_sheet(*STYLES)

    sentence = traitlets.Unicode(_START["sentence"]).tag(sync=True)
    layer = traitlets.Int(_START["layer"]).tag(sync=True)
    token = traitlets.Int(_START["token"]).tag(sync=True)
    labels = traitlets.Int(_START["labels"]).tag(sync=True)
    guess = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    revealed = traitlets.Bool(False).tag(sync=True)

    def __init__(self, rows: Rows, missing: str = "") -> None:
        super().__init__(data=page_data(rows, missing))

    def look(self, text: str) -> dict[str, Any]:
        """Look at a sentence of the learner's own, and return it as the page gets it.

        Raises:
            CourseError: there is nothing in it, or MiniLM is not on this computer.
        """
        if not text.strip():
            raise CourseError(TABLE["words"]["empty"])
        return sentence_data(OWN, {"text": text, "desk": "", **look_at(text)})

    def work(self) -> tuple[Work, str]:
        """Refuse: nothing is trained here.

        Raises:
            CourseError: always.
        """
        raise CourseError("The sentence microscope trains nothing. Call its look(text) instead.")

    def still(self) -> Picture:
        looked = next((at for at in self.data["sentences"] if at["key"] == self.sentence), None)
        if looked is None:
            raise CourseError(self.data["missing"] or "Choose one of the recorded sentences to draw it.")
        rows = [
            {"layer": number, "desk": message["desk"], "cosine": near / 1000}
            for number, layer in enumerate(looked["near"])
            for message, near in zip(self.data["shelf"], layer, strict=True)
        ]
        title = f'How near labelled messages are to "{looked["text"][:60]}"'
        label = "cosine, mean with lowest and highest"
        return figures.line_chart(rows, x="layer", y="cosine", by="desk", x_label="layer", y_label=label, title=title)

    def _hear(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        if content.get("command") != "look":
            super()._hear(widget, content, buffers)
            return
        try:
            self.send({"kind": "own", "sentence": self.look(str(content.get("text", ""))[: TABLE["longest"]])})
        except CourseError as problem:
            self.send({"kind": "own", "problem": str(problem)})

    @traitlets.validate("sentence", "layer", "labels", "guess")
    def _one_of_the_controls(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        allowed: dict[str, Any] = {
            "sentence": [*(at["key"] for at in self.data["sentences"]), OWN],
            "layer": range(TABLE["layers"]),
            "labels": TABLE["labels"],
            "guess": [None, *self.data["desks"]],
        }
        one_of(name, value, allowed[name])
        return value

    @traitlets.validate("token")
    def _a_place(self, proposal: Any) -> Any:
        one_of("token", proposal["value"], range(TABLE["longest"]))
        return proposal["value"]


def sentence_microscope() -> SentenceMicroscope:
    """Look into sentences: tokens that are alike, by layer, and the nearest labelled messages as their number grows."""
    return SentenceMicroscope(*recording("text-sentences"))
