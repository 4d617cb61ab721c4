"""The freeze slider, the rate slider and live training for the learner's own model, as a widget."""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import traitlets

from course_utils.data import Split
from course_utils.experiments import RATES
from course_utils.figures import Picture
from course_utils.frontend.bundle import bundle
from course_utils.labs.kit.live import Control, Work
from course_utils.labs.kit.open_labs import close_open
from course_utils.labs.kit.page_lab import PageLab, style_sheet
from course_utils.labs.kit.settings import one_of
from course_utils.labs.kit.training import RunProgress
from course_utils.labs.own_model_lab.own_blocks import lock
from course_utils.labs.own_model_lab.own_code import code_by_hand
from course_utils.labs.own_model_lab.own_data import LabelledData, commonest
from course_utils.labs.own_model_lab.own_model_figure import strip_figure
from course_utils.labs.own_model_lab.own_runs import BATCH, RunSetting, Trainee, refuse_while_trained

_FOLDER = Path(__file__).parent
#: The settings and sentences of the lab, which the page reads as well.
TABLE: dict[str, Any] = json.loads((_FOLDER / "own_model.json").read_text(encoding="utf-8"))
_EPOCHS = range(TABLE["epochs"]["least"], TABLE["epochs"]["most"] + 1)


class FreezeAndRate(PageLab):
    """Freeze blocks of one's own model, choose a rate, guess, train; stop, go on, or go back to the start.

    From its opening on, the lab sets ``trainable`` in the model as its locks say, with every BatchNorm layer of the
    blocks frozen: while a run goes on, as it was when the run began, and afterwards as the locks are then.

    Attributes:
        locked: by block, from input to output, whether it is frozen.
        frozen: how many blocks are frozen without a gap, counted from the input; setting it locks these alone.
        learning_rate, epochs: of the next run.
        guess: the validation accuracy after the next run, in percent; None until the learner guesses.
    """

    name = "freeze-and-rate"
    _esm = bundle(_FOLDER / "own_model_widget.js")
    _css = style_sheet(_FOLDER / "own_model.css")

    locked = traitlets.List(traitlets.Bool()).tag(sync=True)
    frozen = traitlets.Int()
    learning_rate = traitlets.Float(TABLE["start"]["learning_rate"]).tag(sync=True)
    epochs = traitlets.Int(TABLE["start"]["epochs"]).tag(sync=True)
    guess = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, trainee: Trainee, *, tuples: bool = False) -> None:
        """Open the lab; ``tuples`` says whether the learner's data are pairs, for the code by hand."""
        self._trainee, self._tuples = trainee, tuples
        self._running = RunSetting(trainee.locked, self.learning_rate, self.epochs)
        self._guessed: int | None = None
        self._locking = threading.Lock()
        super().__init__(data=self._page_data(), locked=list(trainee.locked))
        self.live.observe(self._lock_when_idle, "phase")

    @property
    def model(self) -> Any:
        """The learner's own model."""
        return self._trainee.model

    @property
    def code(self) -> str:
        """What does the same as the lab by hand, with the controls as they are: lines of Python."""
        return code_by_hand(
            self.model,
            self._trainee.network,
            self.locked,
            rate=self.learning_rate,
            epochs=self.epochs,
            batch=BATCH,
            objective=self._trainee.objective,
            was_frozen=self._trainee.was_frozen,
            tuples=self._tuples,
        )

    def work(self) -> tuple[Work, str]:
        setting = RunSetting(tuple(self.locked), self.learning_rate, self.epochs)
        name = setting.name()
        guess, train = self.guess, self._trainee.run(setting, name, self.live)

        def work(control: Control) -> Iterator[RunProgress]:
            self._running, self._guessed = setting, guess  # only now: a start may be refused
            yield from train(control)

        return work, name

    def back(self) -> None:
        """Restore the weights as they were when the lab opened; nothing happens while a run goes on."""
        if self.live.phase == "idle":
            self._trainee.back()
            self.live.words = "Back at the start."
            self._tell()

    def run_data(self, run: RunProgress) -> dict[str, Any]:
        return {
            "setting": self._running.data(),
            "total": self._running.epochs * self._trainee.steps_per_epoch,
            "guess": self._guessed,
        }

    def snapshot(self) -> dict[str, Any]:
        """Return the state of the newest run and of the whole training, as the page gets it."""
        trainee = self._trainee
        training = {
            "stages": [stage.data() for stage in trainee.stages],
            "before": [stage.data() for stage in trainee.before],
            "drift": trainee.drift,
        }
        return {**super().snapshot(), **training}

    def still(self) -> Picture:
        return strip_figure(self.model.name, self._trainee.blocks, self.locked, self._trainee.head)

    def _page_data(self) -> dict[str, Any]:
        trainee = self._trainee
        return {
            "blocks": [block._asdict() for block in trainee.blocks],
            "head": trainee.head,
            "total": trainee.model.count_params(),
            "rates": list(RATES),
            "steps_per_epoch": trainee.steps_per_epoch,
            "commonest": commonest(trainee.validation.labels),
            "table": TABLE,
        }

    def _lock_when_idle(self, _: object = None) -> None:
        """Set what is trainable, unless a run needs it as it is."""
        with self._locking:
            if self.live.phase == "idle":
                lock(self.model, self._trainee.network, self.locked)

    def _hear(self, widget: object, content: dict[str, Any], buffers: object) -> None:
        if content.get("command") == "back":
            self.back()
            return
        super()._hear(widget, content, buffers)
        if content.get("command") == "show":
            self._send_code()

    def _send_code(self, _: object = None) -> None:
        self.send({"kind": "code", "code": self.code})

    @traitlets.validate("locked", "learning_rate", "epochs", "guess", "frozen")
    def _one_of_the_controls(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if name == "locked":
            one_of("number of locks", len(value), (len(self._trainee.blocks),))
        else:
            allowed = {
                "learning_rate": RATES,
                "epochs": _EPOCHS,
                "guess": (None, *range(101)),
                "frozen": range(len(self._trainee.blocks) + 1),
            }
            one_of(name.replace("_", " "), value, allowed[name])
        return value

    @traitlets.observe("locked")
    def _locks_changed(self, _: object) -> None:
        self.frozen = [*self.locked, False].index(False)
        self._lock_when_idle()

    @traitlets.observe("frozen")
    def _lock_first(self, event: dict[str, Any]) -> None:
        if event["new"] != [*self.locked, False].index(False):
            self.locked = [number < event["new"] for number in range(len(self._trainee.blocks))]

    @traitlets.observe("locked", "learning_rate", "epochs")
    def _code_changed(self, _: object) -> None:
        self._send_code()


def freeze_and_rate(
    model: keras.Model,
    train: LabelledData,
    validation: LabelledData,
    *,
    blocks: Mapping[str, Sequence[str]] | None = None,
) -> FreezeAndRate:
    """Put the freeze slider, the rate slider and live training on a model of one's own.

    Args:
        model: a Keras model with a head, whose blocks are known: a network of the course or of keras.applications with
            a head behind it, or one whose layers are named after their blocks (``block1_conv``, ``stage2_add``).
            Start compiles it with AdamW at the slider's rate; the loss of a compiled model stays.
        train: ``Split(inputs, labels)`` or ``(inputs, labels)``: ``(n, ...)`` as the model takes them, and class
            numbers ``(n,)``.
        validation: what the accuracy is measured on, never trained on.
        blocks: the names of the layers of each block, in order from input to output, where neither rule fits.

    Raises:
        CourseError: the blocks are not known, the data don't fit the model, the model has no head that can learn, or it
            is being trained.
    """
    close_open(FreezeAndRate.name)  # if its own cell runs again, what it trains ends first
    refuse_while_trained(model)
    return FreezeAndRate(Trainee(model, train, validation, blocks), tuples=not isinstance(train, Split))
