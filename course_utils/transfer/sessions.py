"""Training as a session that emits events.

A session knows nothing of notebooks or widgets: it takes a compiled model and pictures, and yields events. A
notebook cell, a lab, a recorder and a test all read the same events.
"""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.worlds import Split

Augment = Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.float32]]
Outcome = Literal["done", "stopped", "failed"]


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
    """What a finished session leaves: ``history`` by metric (one number per epoch), seconds, outcome."""

    history: dict[str, list[float]]
    seconds: float
    outcome: Outcome
    message: str = ""


class Session:
    """One training run of a compiled model, as a stream of events; it can be stopped from another thread.

    Args:
        model: compiled, with an ``accuracy`` metric if accuracies are wanted.
        train: training pictures (or features) and labels.
        validation: measured after each epoch, never trained on.
        epochs: passes over the training data, 1 or more.
        batch_size: pictures per step, 1 or more; no more than there are pictures.
        augment: called on every batch, float32 pictures in [0, 255] and a generator, to change it.
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
        self.model, self.train, self.validation = model, train, validation
        self.epochs, self.batch_size = epochs, min(batch_size, len(train))
        self.augment, self.seed = augment, seed
        self._stop = threading.Event()

    def stop(self) -> None:
        """End the run after the batch in hand; what has been learned so far is kept."""
        self._stop.set()

    def events(self) -> Iterator[Event]:
        """Train, yielding an event after every step and epoch; the last event says how the run ended."""
        keras.utils.set_random_seed(self.seed)
        rng = np.random.default_rng(self.seed)
        step = 0
        for epoch in range(1, self.epochs + 1):
            means = _RunningMeans()
            metrics: dict[str, float] = {}
            for rows in self._batches(rng):
                if self._stop.is_set():
                    yield Event("stopped", step, epoch, metrics, "Stopped: the weights learned so far are kept.")
                    return
                batch = self.train.images[rows].astype(np.float32)
                if self.augment:
                    batch = self.augment(batch, rng)
                self.model.reset_metrics()
                logs = self.model.train_on_batch(batch, self.train.labels[rows], return_dict=True)
                metrics = means.add(logs, len(rows))
                step += 1
                if not np.isfinite(metrics["loss"]):
                    yield Event("failed", step, epoch, metrics, _DIVERGED)
                    return
                yield Event("step", step, epoch, metrics)
            if self.validation is not None:
                metrics |= {f"val_{name}": value for name, value in self._validate().items()}
            yield Event("epoch", step, epoch, metrics)
        yield Event("done", step, self.epochs, metrics)

    def _batches(self, rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
        """Shuffled rows in batches of one size: the last is filled from the front, so no step is traced twice."""
        order = rng.permutation(len(self.train))
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            yield np.concatenate([rows, order[: self.batch_size - len(rows)]])

    def _validate(self) -> dict[str, float]:
        assert self.validation is not None
        means, metrics = _RunningMeans(), dict[str, float]()
        for start in range(0, len(self.validation), 256):
            if self._stop.is_set():
                break
            rows = slice(start, start + 256)
            batch = self.validation.images[rows].astype(np.float32)
            self.model.reset_metrics()
            logs = self.model.test_on_batch(batch, self.validation.labels[rows], return_dict=True)
            metrics = means.add(logs, len(batch))
        return metrics


class _RunningMeans:
    """Means over pictures, batch by batch: whether Keras sums over batches itself depends on its version."""

    def __init__(self) -> None:
        self.sums: dict[str, float] = {}
        self.pictures = 0

    def add(self, logs: dict[str, float], pictures: int) -> dict[str, float]:
        self.pictures += pictures
        for name, value in logs.items():
            self.sums[name] = self.sums.get(name, 0.0) + float(value) * pictures
        return {name: total / self.pictures for name, total in self.sums.items()}


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
    seed: int = 0,
) -> Run:
    """Train a compiled model to the end and return its history: ``Session`` without the events.

    The arguments, units and errors are those of ``Session``. A run that diverges does not raise: its outcome
    is ``"failed"``, and its message says what to do.
    """
    session = Session(model, train, validation, epochs=epochs, batch_size=batch_size, augment=augment, seed=seed)
    history: dict[str, list[float]] = {}
    started = time.perf_counter()
    last = Event("done", 0, 0)
    for last in session.events():
        if last.kind == "epoch":
            for name, value in last.metrics.items():
                history.setdefault(name, []).append(value)
    if last.kind == "failed":
        print(last.message)
    outcome: Outcome = last.kind if last.kind in ("stopped", "failed") else "done"  # type: ignore[assignment]
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
