"""Training runs that the labs start, and the recordings that they replay."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from course_utils.data import load_dataset
from course_utils.errors import CourseError
from course_utils.experiments import FineTuning, Recipe, recorded, scratch_session
from course_utils.labs.kit.live import Control, Work
from course_utils.transfer import Session, relative_drift

#: The target task of all labs that fine-tune, and its labels per class, as in the recordings.
TASK, PER_CLASS = "scans", 100
#: Optimizer steps between two measurements, as in the recordings.
EVERY = 10


class Point(NamedTuple):
    """Validation accuracy, 0..1, by task, after a number of optimizer steps."""

    step: int
    accuracy: Mapping[str, float]


@dataclass(frozen=True)
class RunProgress:
    """A run so far.

    Attributes:
        name: its name in the legend.
        seed: draws its labels and their order.
        curve: the measurements so far.
        step: how far training is.
        loss: the running mean of the loss.
        drift: by block, how far the weights had moved at the last measurement; empty before the first step.
        outcome: empty while it runs; then ``done``, ``stopped`` or ``failed``.
        words: what to say.
        measured: whether this update brings a new measurement.
        model: the model in training; once the run has ended, as the run left it.
    """

    name: str
    seed: int
    curve: tuple[Point, ...] = ()
    step: int = 0
    loss: float | None = None
    drift: Mapping[str, float] = field(default_factory=dict)
    outcome: str = ""
    words: str = ""
    measured: bool = False
    model: Any = None


class TrainingExperiment(Protocol):
    """What the labs need of an experiment that they train, such as ``FineTuning``."""

    start: list[NDArray[Any]]
    network: Any
    model: Any

    def prepare(self, recipe: Recipe, seed: int) -> Session:
        """Go back to the start and get everything ready for a run."""
        ...

    def accuracies(self, part: Literal["validation", "test"]) -> dict[str, float]:
        """Return the accuracy, 0..1, by task."""
        ...


_making = threading.Lock()


@lru_cache(maxsize=2)
def _made(lora_rank: int | None) -> FineTuning:
    experiment = FineTuning(TASK, PER_CLASS, lora_rank=lora_rank)
    # Keras compiles the forward pass and a step of the most common run here, not while a learner waits.
    experiment.accuracies("validation")
    next(experiment.prepare(Recipe(), seed=0).events())
    return experiment


def experiment(lora_rank: int | None = None) -> FineTuning:
    """Return the experiment that all labs run, made when first needed, and only once even with two threads."""
    with _making:
        return _made(lora_rank)


def fine_tune(
    make: Callable[[], TrainingExperiment], recipe: Recipe, seed: int, name: str
) -> Callable[[Control], Iterator[RunProgress]]:
    """Return the work of one run, with updates before the first step, after every step and at the end."""

    def work(control: Control) -> Iterator[RunProgress]:
        yield RunProgress(name, seed, words="Getting the network ready.")
        ft = make()
        if control.stopped:
            return
        session = ft.prepare(recipe, seed)
        control.on_stop(session.stop)
        now = RunProgress(name, seed, model=ft.model)
        yield from follow(
            now, session, lambda: ft.accuracies("validation"), lambda: relative_drift(ft.start, ft.network)
        )

    return work


def train_from_scratch(task: str, per_class: int, seed: int, name: str) -> Work:
    """Return the work of one run from random weights, with the recipe of the recorded runs."""

    def work(control: Control) -> Iterator[RunProgress]:
        yield RunProgress(name, seed, words="Getting the network ready.")
        dataset = load_dataset(task)
        session = scratch_session(dataset, per_class, seed)
        model = session.model
        control.on_stop(session.stop)
        pictures, labels = dataset.validation.inputs.astype(np.float32), dataset.validation.labels

        def accuracy() -> dict[str, float]:
            return {"from scratch": float((np.asarray(model.predict_on_batch(pictures)).argmax(1) == labels).mean())}

        yield from follow(RunProgress(name, seed, model=model), session, accuracy, list)

    return work


def follow(
    now: RunProgress,
    session: Session,
    measure: Callable[[], Mapping[str, float]],
    drift: Callable[[], Sequence[Mapping[str, Any]]],
) -> Iterator[RunProgress]:
    """Yield a session's events as updates, measured before the first step, every few steps and at the end."""
    now = replace(now, curve=(Point(0, measure()),), measured=True)
    yield now
    for event in session.events():
        now = replace(now, step=event.step, loss=event.metrics.get("loss"), measured=False)
        ended = event.kind in ("done", "stopped", "failed")
        if (ended and event.step > now.curve[-1].step) or (event.kind == "step" and event.step % EVERY == 0):
            now = replace(
                now, curve=(*now.curve, Point(event.step, measure())), drift=_by_block(drift()), measured=True
            )
        if ended:
            now = replace(now, outcome=event.kind, words=ending(now, event.kind, event.message))
        yield now


def _by_block(rows: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    return {str(row["block"]): float(row["drift"]) for row in rows}


def ending(run: RunProgress, outcome: str, message: str) -> str:
    """Return how a run ended, in words."""
    reached = ", ".join(f"{task} {accuracy:.0%}" for task, accuracy in run.curve[-1].accuracy.items())
    if outcome == "failed":
        return f"The run diverged at step {run.step}: {message}"
    if outcome == "stopped":
        return f"Stopped after step {run.step}: {reached} on validation pictures. The weights learned so far are kept."
    return f"Done after {run.step} steps: {reached} on validation pictures."


def recording(name: str) -> tuple[list[dict[str, Any]], str]:
    """Return the rows of a recording and an empty text, or no rows and why they are missing or damaged."""
    try:
        return recorded(name), ""
    except CourseError as problem:
        return [], f"There is nothing to replay, but you can run everything for real. {problem}"
