"""Training runs of the learner's own model, one after the other from the same start."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np

from course_utils.data import as_model_inputs
from course_utils.errors import CourseError
from course_utils.figures.words import count, scientific
from course_utils.labs.kit.live import Control, Live
from course_utils.labs.kit.training import RunProgress
from course_utils.labs.own_model_lab.own_blocks import count_weights, find_backbone, lock, locks_of
from course_utils.labs.own_model_lab.own_data import LabelledData, as_split, check_fit
from course_utils.labs.own_model_lab.own_loss import objective_of
from course_utils.transfer import Event, Session, relative_drift, weights_of

#: Inputs per step.
BATCH = 32
_MEASUREMENTS = 12  # in a run, at least; one after every epoch at the fewest
_AT_ONCE = 64  # inputs whose outputs are worked out together
_IMPATIENT = 0.7  # seconds that a measurement may go on for after a stop
_SENT = 120  # points of a loss curve that the page gets

# By model: the runs of the lab that trains it now.
_in_training: WeakKeyDictionary[keras.Model, Live] = WeakKeyDictionary()


@dataclass(frozen=True)
class RunSetting:
    """What decides a run: by block whether it is frozen, the learning rate, and the number of epochs."""

    locked: tuple[bool, ...]
    learning_rate: float
    epochs: int

    def name(self) -> str:
        """Return a short name for a run."""
        return f"{sum(self.locked)} of {count(len(self.locked), 'block')} frozen, {scientific(self.learning_rate)}"

    def data(self) -> dict[str, Any]:
        """Return it as the page gets it."""
        return {"locked": list(self.locked), "learning_rate": self.learning_rate, "epochs": self.epochs}


@dataclass
class Stage:
    """The part of a training that one run made; steps are counted since the start of the training.

    Attributes:
        setting: of the run.
        begins: the step at which it began.
        accuracy: step and share of the validation inputs that are right.
        losses: step and the mean loss since the epoch began.
    """

    setting: RunSetting
    begins: int
    accuracy: list[tuple[int, float]] = field(default_factory=list)
    losses: list[tuple[int, float]] = field(default_factory=list)

    @property
    def ends(self) -> int:
        """The newest step."""
        return max([self.begins, *(step for step, _ in (*self.accuracy[-1:], *self.losses[-1:]))])

    def data(self) -> dict[str, Any]:
        """Return it as the page gets it: with fewer losses if there are many."""
        every = -(-len(self.losses) // _SENT) or 1
        losses = [*self.losses[:-1:every], *self.losses[-1:]]
        return {
            "setting": self.setting.data(),
            "begins": self.begins,
            "accuracy": [[step, round(share, 4)] for step, share in self.accuracy],
            "losses": [[step, round(loss, 4)] for step, loss in losses],
        }


class Trainee:
    """The learner's model with its data: trained in stages, and put back to its start.

    Args:
        model, train, validation, blocks: as in ``freeze_and_rate``.

    Attributes:
        network: the model, or the one inside it, whose blocks are frozen.
        objective: what a run minimises.
        blocks: the blocks of ``network``, from input to output.
        head: how many weights of the head learn.
        locked: by block, whether the learner had frozen it.
        was_frozen: whether the whole model was frozen, so that its head could not learn.
        stages: the runs since the start.
        before: the runs that ``back`` gave up.
        drift: by block, how far it has moved since the start; None before the first measurement.

    Raises:
        CourseError: as ``freeze_and_rate``.
    """

    def __init__(
        self,
        model: keras.Model,
        train: LabelledData,
        validation: LabelledData,
        blocks: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.train, self.validation = as_split("train", train), as_split("validation", validation)
        outputs = check_fit(model, train=self.train, validation=self.validation)
        self.objective = objective_of(model, outputs)
        self.model, self.network = model, find_backbone(model, blocks)
        self.locked, self.was_frozen = locks_of(self.network), not model.trainable
        self.blocks, self.head = count_weights(model, self.network)
        lock(model, self.network, self.locked)
        self.start, self._start = model.get_weights(), weights_of(self.network)
        self.stages: list[Stage] = []
        self.before: list[Stage] = []
        self.drift: list[float] | None = None

    @property
    def steps_per_epoch(self) -> int:
        """Optimizer steps in an epoch; the last batch is filled up."""
        return -(-len(self.train) // min(BATCH, len(self.train)))

    def back(self) -> None:
        """Restore the weights of the start; the training so far becomes the one to compare with."""
        self.model.set_weights(self.start)
        self.before, self.stages, self.drift = self.stages or self.before, [], None

    def run(self, setting: RunSetting, name: str, live: Live) -> Callable[[Control], Iterator[RunProgress]]:
        """Return the work of one run, which goes on from where the model is; the blocks are locked already."""

        def work(control: Control) -> Iterator[RunProgress]:
            _in_training[self.model] = live
            try:
                yield from self._stage(setting, RunProgress(name, 0, model=self.model), control)
            finally:
                _in_training.pop(self.model, None)

        return work

    def _stage(self, setting: RunSetting, now: RunProgress, control: Control) -> Iterator[RunProgress]:
        begins = self.stages[-1].ends if self.stages else 0
        self.stages.append(stage := Stage(setting, begins))
        yield replace(now, words="Getting the network ready.")
        optimizer = keras.optimizers.AdamW(setting.learning_rate)
        metric: Any = "accuracy"
        if self.objective.cut == 0:
            metric = keras.metrics.BinaryAccuracy("accuracy", threshold=0.0)
        self.model.compile(optimizer, self.objective.loss, metrics=[metric])
        session = Session(
            self.model, self.train, epochs=setting.epochs, batch_size=BATCH, seed=len(self.stages)
        )  # another seed for each stage: otherwise all would see the same batches
        control.on_stop(session.stop)
        self._measure(stage, begins, control)
        yield replace(now, measured=True)
        every = max(1, min(self.steps_per_epoch, setting.epochs * self.steps_per_epoch // _MEASUREMENTS))
        for event in session.events():
            now = replace(now, step=event.step, loss=event.metrics.get("loss"))
            ended = event.kind in ("done", "stopped", "failed")
            if event.kind == "step" and now.loss is not None and isfinite(now.loss):
                stage.losses.append((begins + event.step, now.loss))
            measured = (event.kind == "step" and event.step % every == 0) or (ended and event.step > 0)
            if measured and (not stage.accuracy or stage.accuracy[-1][0] < begins + event.step):
                self._measure(stage, begins + event.step, control)
            outcome, words = (event.kind, ending(event)) if ended else ("", "")
            yield replace(now, outcome=outcome, words=words, measured=measured)

    def _measure(self, stage: Stage, step: int, control: Control) -> None:
        """Add the validation accuracy and the drift to a stage, unless a stop does not leave time for it."""
        began, right = time.monotonic(), 0
        for first in range(0, len(self.validation), _AT_ONCE):
            if control.stopped and time.monotonic() - began > _IMPATIENT:
                return
            rows = slice(first, first + _AT_ONCE)
            outputs = self.model.predict_on_batch(as_model_inputs(self.validation.inputs[rows]))
            right += self.objective.right(np.asarray(outputs), self.validation.labels[rows])
        stage.accuracy.append((step, right / len(self.validation)))
        moved = [float(row["drift"]) for row in relative_drift(self._start, self.network)]
        self.drift = [round(by, 4) if isfinite(by) else 0.0 for by in moved]


def ending(event: Event) -> str:
    """Return how a run ended, in words."""
    if event.kind == "failed":
        return f"The run diverged at step {event.step}: the loss is no longer a number."
    if event.kind == "stopped":
        return f"Stopped after {count(event.step, 'step')}. The weights learned so far are kept."
    return f"Done after {count(event.step, 'step')}."


def refuse_while_trained(model: keras.Model, seconds: float = 20.0) -> None:
    """Wait for a run of this model that is stopping.

    Raises:
        CourseError: the model is being trained.
    """
    if (live := _in_training.get(model)) is None:
        return
    if live.phase == "stopping":
        live.join(seconds)
    if model in _in_training:
        raise CourseError(f"Another lab is training model {model.name!r}. Wait until it ends, or stop it there.")
