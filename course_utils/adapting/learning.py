"""Fit a head on frozen features, and fine-tune on from it where validation says that this pays."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from course_utils.adapting.measuring import log_loss
from course_utils.backbones import blocks
from course_utils.data import Split, as_model_inputs
from course_utils.transfer import (
    Session,
    extract_features,
    linear_probe,
    set_linear_head,
    shift_and_flip,
    unfreeze_top,
    warmup_cosine,
    with_head,
)

#: Inverse strengths of the probe's penalty, of which validation chooses.
STRENGTHS = (0.001, 0.01, 0.1, 1.0)
#: Epochs of fine-tuning, at most.
EPOCHS = 3
#: Fine-tuning that would take longer, in seconds of the processor, is left out.
MOST_SECONDS = 90.0
#: Forward passes that one training step takes: there and back through the last blocks, and a look at validation.
_PASSES = 3.0
_BATCH, _CHUNK = 32, 256

#: Told how many pictures are done, of how many.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class TuningSettings:
    """How the last blocks are fine-tuned. The default depth is that of the course's grid.

    Attributes:
        blocks: from the output, 1 or more.
        learning_rate: the highest one, after the warm-up.
        weight_decay: of AdamW.
        batch_size: pictures in a step.
        augment: whether pictures are shifted and mirrored.
    """

    blocks: int = 4
    learning_rate: float = 1e-4
    weight_decay: float = 0.01
    batch_size: int = 32
    augment: bool = True


USUAL = TuningSettings()


@dataclass(frozen=True, eq=False)
class FittedHead:
    """The probe whose strength validation preferred, and its probabilities there, ``(n, classes)``."""

    probe: Pipeline
    strength: float
    probabilities: NDArray[np.float64]


def features_in_chunks(backbone: keras.Model, inputs: NDArray[Any], tell: Tell) -> NDArray[np.float32]:
    """Return ``extract_features``, from the cache where they are there, telling after each few hundred pictures."""
    found = []
    for start in range(0, len(inputs), _CHUNK):
        found.append(extract_features(backbone, inputs[start : start + _CHUNK], batch_size=_BATCH, cache=True))
        tell(min(start + _CHUNK, len(inputs)), len(inputs))
    return np.concatenate(found)


def fit_head(
    train: NDArray[Any], labels: NDArray[Any], validation: NDArray[Any], right: NDArray[np.integer]
) -> FittedHead:
    """Fit a linear probe at each strength, and keep the one under which the validation labels are likeliest.

    Args:
        train, validation: features ``(n, channels)``.
        labels, right: their labels ``(n,)``; every class is among ``labels``.
    """
    tried = []
    for strength in STRENGTHS:
        probe = linear_probe(train, labels, c=strength)
        tried.append(FittedHead(probe, strength, probe.predict_proba(validation)))
    return min(tried, key=lambda head: log_loss(head.probabilities, right))


def model_of(backbone: keras.Model, head: FittedHead, classes: int) -> keras.Sequential:
    """Put the fitted head on the backbone: one model from pictures in [0, 255] to probabilities."""
    model = with_head(backbone, classes)
    model.build((None, *backbone.input_shape[1:]))
    set_linear_head(model, head.probe)
    return model


def probabilities_of(model: keras.Model, inputs: NDArray[Any]) -> NDArray[np.float64]:
    """Return the model's probabilities, ``(n, classes)``, in batches of one size, since another one compiles again."""
    found = []
    for start in range(0, len(inputs), _BATCH):
        rows = np.arange(start, start + _BATCH)
        batch = as_model_inputs(inputs[rows % len(inputs)])
        found.append(np.asarray(model.predict_on_batch(batch), np.float64)[: len(inputs) - start])
    return np.concatenate(found)


def seconds_to_fine_tune(model: keras.Model, train: Split) -> float:
    """Estimate from one batch how many seconds of the processor ``fine_tune`` will take."""
    batch = train.inputs[np.arange(_BATCH) % len(train)]
    probabilities_of(model, batch)  # compiles
    started = time.process_time()
    probabilities_of(model, batch)
    return (time.process_time() - started) / _BATCH * len(train) * EPOCHS * _PASSES


def fine_tune(
    model: keras.Model,
    train: Split,
    validation: Split,
    seed: int,
    tell: Tell,
    settings: TuningSettings = USUAL,
    goes_on: Callable[[int, float], bool] = lambda epoch, loss: True,
) -> NDArray[np.float64]:
    """Train a model whose head is fitted, with its last blocks unfrozen (LP-FT, Kumar et al. 2022).

    It keeps the weights of the epoch with the lowest validation loss. What augments the pictures is no part of the
    model.

    Args:
        goes_on: asked after each epoch, with its number and the validation loss; if it says no, the run stops there.

    Returns:
        The probabilities of the validation pictures, ``(n, classes)``.
    """
    backbone = model.layers[0]
    unfreeze_top(model, min(settings.blocks, len(blocks(backbone))))
    size = min(settings.batch_size, len(train))
    steps = EPOCHS * math.ceil(len(train) / size)
    model.compile(
        keras.optimizers.AdamW(warmup_cosine(settings.learning_rate, steps), weight_decay=settings.weight_decay),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
    )
    session = Session(
        model,
        train,
        validation,
        epochs=EPOCHS,
        batch_size=size,
        augment=shift_and_flip if settings.augment else None,
        patience=EPOCHS,
        seed=seed,
    )
    for event in session.events():
        tell(event.step, steps)
        if event.kind == "epoch" and not goes_on(event.epoch, event.metrics["val_loss"]):
            session.stop()
    return probabilities_of(model, validation.inputs)


def pays(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[bool, int, int]:
    """Say whether fine-tuning is better by more than one standard error, on the same validation pictures.

    Only the pictures on which the two differ tell anything (McNemar 1947): of ``gained + lost`` coin tosses, the
    difference has a standard error of their root.

    Args:
        before, after: which pictures were answered right, ``(n,)``.

    Returns:
        The verdict, and how many pictures were gained and lost.
    """
    gained, lost = int((after & ~before).sum()), int((before & ~after).sum())
    return gained - lost > math.sqrt(gained + lost), gained, lost
