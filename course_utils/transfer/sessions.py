"""Training as a session that emits events.

A session knows nothing about notebooks or widgets: it takes a compiled model and pictures, and yields events. A
notebook cell, a lab, a recorder and a test all read the same events.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.data import Split, as_model_inputs
from course_utils.errors import CourseError

Augment = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
RunOutcome = Literal["done", "stopped", "failed"]


@dataclass(frozen=True)
class Event:
    """Something that happened in training.

    ``metrics`` holds running means since the epoch began (``loss``, ``accuracy``), and on an ``epoch`` event
    also ``val_loss`` and ``val_accuracy`` where validation pictures were given. ``step`` and ``epoch`` count from 1.
    """

    kind: Literal["step", "epoch", "done", "stopped", "failed"]
    step: int
    epoch: int
    metrics: dict[str, float] = field(default_factory=dict)
    message: str = ""


@dataclass(frozen=True)
class Run:
    """The result of a finished session: ``history`` by metric (one number per epoch), seconds, outcome."""

    history: dict[str, list[float]]
    seconds: float
    outcome: RunOutcome
    message: str = ""


@dataclass(frozen=True)
class Rehearsal:
    """Old pictures mixed into every batch, against forgetting (Robins 1995): ``fraction`` of it, 0 to below 1.

    Every batch draws from ``pictures`` again; their labels count like those of the training pictures (for several
    tasks on one backbone, see ``TaskHeads.labels``).

    Raises:
        CourseError: a fraction out of range, or no pictures.
    """

    pictures: Split
    fraction: float

    def __post_init__(self) -> None:
        if not 0 <= self.fraction < 1:
            raise CourseError(
                f"fraction={self.fraction} is out of range: the share of old pictures in a batch must be 0 or more, "
                "and below 1, or nothing new would be learned."
            )
        if len(self.pictures) == 0:
            raise CourseError("pictures is empty, so there is nothing to rehearse; keep at least one old picture.")


class Session:
    """One training run of a compiled model, as a stream of events; it can be stopped from another thread.

    Args:
        model: compiled, with an ``accuracy`` metric if accuracies are wanted.
        train: training pictures (or features) and labels.
        validation: measured after each epoch, never trained on.
        epochs: passes over the training data, 1 or more.
        batch_size: pictures per step, 1 or more; no more than there are pictures.
        augment: called with every batch, float32 pictures in [0, 255], and a generator; returns the changed batch.
        rehearsal: old pictures that take a share of every batch, which then has room for fewer new ones.
        patience: early stopping: end the run when ``val_loss`` has not fallen for this many epochs, 1 or more, and
            restore the weights of the best epoch.
        seed: decides the order of the pictures, the augmentation and the model's dropout.

    Raises:
        CourseError: the model is not compiled, or an argument is out of range.
    """

    def __init__(
        self,
        model: keras.Model,
        train: Split,
        validation: Split | None = None,
        *,
        epochs: int,
        batch_size: int = 32,
        augment: Augment | None = None,
        rehearsal: Rehearsal | None = None,
        patience: int | None = None,
        seed: int = 0,
    ) -> None:
        if not getattr(model, "compiled", False):
            raise CourseError(
                "The model is not compiled. Call model.compile(optimizer, loss, metrics=['accuracy']) first."
            )
        if epochs < 1 or batch_size < 1:
            raise CourseError(f"epochs={epochs} and batch_size={batch_size} must both be 1 or more.")
        if len(train) == 0:
            raise CourseError("train holds no pictures, so there is nothing to learn from.")
        if patience is not None and (patience < 1 or validation is None):
            raise CourseError(f"patience={patience} must be 1 or more, and needs validation pictures to watch.")
        self.model, self.train, self.validation = model, train, validation
        self.epochs, self.batch_size = epochs, min(batch_size, len(train))
        self.augment, self.rehearsal, self.patience, self.seed = augment, rehearsal, patience, seed
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the run after the current batch; what has been learned so far is kept."""
        self._stop.set()

    def events(self) -> Iterator[Event]:
        """Train, yielding an event after every step and epoch; the last event says how the run ended."""
        keras.utils.set_random_seed(self.seed)
        rng = np.random.default_rng(self.seed)
        self._make_ready()
        best = _Best()
        step = 0
        for epoch in range(1, self.epochs + 1):
            means = _RunningMeans()
            metrics: dict[str, float] = {}
            for inputs, labels in self._batches(rng):
                if self._stop.is_set():
                    break
                logs = self.model.train_on_batch(inputs, labels, return_dict=True)
                metrics = means.add(logs, len(labels))
                step += 1
                if not np.isfinite(metrics["loss"]):
                    yield Event("failed", step, epoch, metrics, _DIVERGED)
                    return
                yield Event("step", step, epoch, metrics)
            if self.validation is not None and not self._stop.is_set():
                metrics |= {f"val_{name}": value for name, value in self._validate().items()}
            if self._stop.is_set():
                yield Event("stopped", step, epoch, metrics, "Stopped: the weights learned so far are kept.")
                return
            yield Event("epoch", step, epoch, metrics)
            if self.patience and best.waited(self.model, epoch, metrics["val_loss"]) >= self.patience:
                self.model.set_weights(best.weights)
                message = (
                    f"Stopped early: the validation loss was lowest after epoch {best.epoch}; its weights are restored."
                )
                yield Event("done", step, epoch, metrics, message)
                return
        yield Event("done", step, self.epochs, metrics)

    def _make_ready(self) -> None:
        """Create the optimizer's and metrics' variables; if the first step created them, Keras would trace it twice."""
        shape = getattr(self.model, "output_shape", None)  # a subclassed model does not know its own
        if not isinstance(shape, tuple):
            return
        if not self.model.optimizer.built:  # Keras's optimizer for half precision would be built twice
            self.model.optimizer.build(self.model.trainable_variables)
        labels = self.train.labels[: self.batch_size]
        self.model.compute_metrics(None, labels, np.zeros((len(labels), *shape[1:]), np.float32))

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[NDArray[Any], NDArray[np.int64]]]:
        """Yield shuffled batches of one size: the last is filled from the front, so that no step is traced twice."""
        order, old = rng.permutation(len(self.train)), 0
        if self.rehearsal and self.rehearsal.fraction:
            old = min(max(1, round(self.rehearsal.fraction * self.batch_size)), self.batch_size - 1)
        new = self.batch_size - old
        for start in range(0, len(order), new):
            rows = order[start : start + new]
            rows = np.concatenate([rows, order[: new - len(rows)]])
            inputs, labels = as_model_inputs(self.train.inputs[rows]), self.train.labels[rows]
            if self.rehearsal and old:
                again = rng.choice(len(self.rehearsal.pictures), old, replace=old > len(self.rehearsal.pictures))
                inputs = np.concatenate([inputs, as_model_inputs(self.rehearsal.pictures.inputs[again])])
                labels = np.concatenate([labels, self.rehearsal.pictures.labels[again]])
            yield (self.augment(inputs, rng) if self.augment else inputs), labels

    def _validate(self) -> dict[str, float]:
        assert self.validation is not None
        means, metrics = _RunningMeans(), dict[str, float]()
        for start in range(0, len(self.validation), 256):
            if self._stop.is_set():
                break
            rows = slice(start, start + 256)
            batch = as_model_inputs(self.validation.inputs[rows])
            logs = self.model.test_on_batch(batch, self.validation.labels[rows], return_dict=True)
            metrics = means.add(logs, len(batch))
        return metrics


class _RunningMeans:
    """Means over pictures: Keras resets its metrics at every batch that it is given (since 3.15)."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.pictures = 0

    def add(self, logs: dict[str, float], pictures: int) -> dict[str, float]:
        self.pictures += pictures
        for name, value in logs.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value) * pictures
        return {name: total / self.pictures for name, total in self.sums.items()}


class _Best:
    """The weights of the epoch with the lowest validation loss so far."""

    def __init__(self) -> None:
        self.loss, self.epoch, self.weights = float("inf"), 0, list[NDArray[Any]]()

    def waited(self, model: keras.Model, epoch: int, loss: float) -> int:
        """Record an epoch, and return the number of epochs since the best one."""
        if loss < self.loss:
            self.loss, self.epoch, self.weights = loss, epoch, model.get_weights()
        return epoch - self.epoch


_DIVERGED = (
    "The loss is no longer a number: the steps were so large that the weights blew up. Build the model again "
    "and train with a learning rate ten times lower."
)


def train(
    model: keras.Model,
    train: Split,
    validation: Split | None = None,
    *,
    epochs: int,
    batch_size: int = 32,
    augment: Augment | None = None,
    rehearsal: Rehearsal | None = None,
    patience: int | None = None,
    seed: int = 0,
) -> Run:
    """Train a compiled model to the end and return its history: ``Session`` without the events.

    The arguments, units and errors are those of ``Session``. A run that diverges does not raise: its outcome
    is ``"failed"``, and its message says what to do.
    """
    session = Session(
        model,
        train,
        validation,
        epochs=epochs,
        batch_size=batch_size,
        augment=augment,
        rehearsal=rehearsal,
        patience=patience,
        seed=seed,
    )
    history: dict[str, list[float]] = {}
    started = time.perf_counter()
    last = Event("done", 0, 0)
    for last in session.events():
        if last.kind == "epoch":
            for name, value in last.metrics.items():
                history.setdefault(name, []).append(value)
    if last.kind == "failed":
        print(last.message)
    outcome: RunOutcome = last.kind if last.kind in ("stopped", "failed") else "done"
    return Run(history, time.perf_counter() - started, outcome, last.message)


def shift_and_flip(batch: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Shift every picture by up to an eighth of its side and mirror half of them; ``(n, h, w, c)`` in and out."""
    reach = batch.shape[1] // 8
    padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="reflect")
    moved = np.empty_like(batch)
    for i, (row, column) in enumerate(rng.integers(0, 2 * reach + 1, (len(batch), 2))):
        picture = padded[i, row : row + batch.shape[1], column : column + batch.shape[2]]
        moved[i] = picture[:, ::-1] if rng.random() < 0.5 else picture
    return moved
