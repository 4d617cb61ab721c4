"""Fine-tuning a text network again and again from the same start, on few labels."""

from dataclasses import dataclass
from typing import Literal

import keras
import numpy as np

from course_utils.backbones import load_backbone
from course_utils.data import Split
from course_utils.transfer import (
    Session,
    add_lora,
    extract_features,
    linear_probe,
    set_linear_head,
    unfreeze_top,
    with_head,
)

LAYERS = 6
#: How a new head begins.
TextHead = Literal["random", "probe"]
_BATCH = 16
_WARM = 0.2  # of the steps


@dataclass(frozen=True)
class TextRecipe:
    """How to fine-tune.

    Attributes:
        learning_rate: of AdamW at its highest.
        steps: about how many, since a run is a whole number of epochs.
        head: how the new head begins: at random, or as a fitted probe (LP-FT).
        gentle: the rate rises over the first fifth of the steps and falls to 0 afterwards, and gradients are clipped
            to length 1; otherwise the rate stays the same and nothing is clipped.
    """

    learning_rate: float
    steps: int
    head: TextHead = "random"
    gentle: bool = True


class TextTuning:
    """One text network with a head, compiled once; every run begins with the weights that it began with.

    All layers learn but the table of words: a few hundred texts hold too few of its rows to move them together.

    Args:
        classes: of the task.
        weights: as in ``load_backbone``; None begins at random.
        gentle: whether gradients are clipped, which is fixed when a model is compiled.
        lora_rank: train low-rank updates of this rank beside every kernel, instead of the layers themselves (LoRA).
    """

    def __init__(
        self, classes: int, weights: str | None = "pretrained", gentle: bool = True, lora_rank: int | None = None
    ) -> None:
        self.network = load_backbone("minilm", weights=weights)
        if lora_rank is not None:
            self.network = add_lora(self.network, lora_rank)
        self.model = with_head(self.network, classes, activation=None)
        if lora_rank is None:
            unfreeze_top(self.model, LAYERS)
        self.gentle = gentle
        self.model.compile(
            keras.optimizers.AdamW(1e-4, weight_decay=0.01, clipnorm=1.0 if gentle else None),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            metrics=["accuracy"],
        )
        self.start = self.model.get_weights()
        self.model.optimizer.build(self.model.trainable_variables)
        self._optimizer_start = [variable.numpy() for variable in self.model.optimizer.variables]

    def run(self, few: Split, recipe: TextRecipe, seed: int) -> None:
        """Train on a few labelled rows of token ids, from the start; ``seed`` decides the head and the order."""
        self.model.set_weights(self.start)
        for variable, value in zip(self.model.optimizer.variables, self._optimizer_start, strict=True):
            variable.assign(value)
        fresh = np.random.default_rng(seed)
        kernel, bias = self.model.layers[-1].get_weights()
        self.model.layers[-1].set_weights([fresh.normal(0, 0.02, kernel.shape).astype(np.float32), 0 * bias])
        if recipe.head == "probe":
            set_linear_head(self.model, linear_probe(extract_features(self.network, few.inputs), few.labels))
        batch = min(_BATCH, len(few))
        epochs = max(1, round(recipe.steps * batch / len(few)))
        steps = epochs * -(-len(few) // batch)
        self._set_rate(recipe, 1, steps)
        for event in Session(self.model, few, epochs=epochs, batch_size=batch, seed=seed).events():
            if event.kind == "step":
                self._set_rate(recipe, event.step + 1, steps)

    def accuracy(self, part: Split) -> float:
        """Return the accuracy, 0..1, on rows of token ids."""
        kernel, bias = self.model.layers[-1].get_weights()
        scores = extract_features(self.network, part.inputs) @ kernel + bias
        return float((scores.argmax(axis=1) == part.labels).mean())

    def _set_rate(self, recipe: TextRecipe, step: int, steps: int) -> None:
        rising = max(1, round(_WARM * steps))
        share = min(step / rising, (steps + 1 - step) / (steps + 1 - rising)) if recipe.gentle else 1.0
        self.model.optimizer.learning_rate.assign(recipe.learning_rate * max(share, 0.0))
