"""A sweep of hyperparameters: every setting of a grid is fine-tuned, so that any search in it can be replayed exactly.

A table of all settings, each trained with several seeds, answers what a search would have found, for any method and
any budget, without training again (Klein and Hutter 2019, Tabular benchmarks for joint architecture and hyperparameter
optimization). The labelled pictures are the same in every run; a seed decides the head's first weights, the order of
the pictures and their augmentation.
"""

from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import keras
import numpy as np
from keras import layers

from course_utils.backbones import load_backbone
from course_utils.data import Dataset, Split, load_dataset
from course_utils.transfer import Session, extract_features, unfreeze_top
from course_utils.transfer.heads import pooling_layer
from course_utils.transfer.sessions import shift_and_flip

#: Ten learning rates, evenly spaced on a logarithmic axis.
SWEPT_RATES = tuple(float(f"{rate:.2g}") for rate in np.logspace(-5, -1, 10))
BATCH_SIZES = (8, 32)
WEIGHT_DECAYS = (1e-4, 1e-1)
HEAD_WIDTHS = (0, 64)
DEPTHS = (1, 4)
#: After how many epochs a run is measured; the last is its end. Successive halving stops runs at the others.
CHECKPOINTS = (1, 2, 4, 8, 16)
#: Labelled pictures per class, for training and for validation.
LABELS = {"scans": (50, 50), "photo-textures": (10, 12)}
SWEEP_SEEDS = range(3)


@dataclass(frozen=True)
class Hyperparameters:
    """One choice of every hyperparameter.

    Attributes:
        learning_rate: of AdamW.
        batch_size: pictures per step.
        weight_decay: of AdamW, decoupled (Loshchilov and Hutter 2019).
        width: units of a hidden layer in the head; 0 is a linear head.
        augment: whether pictures are shifted and mirrored.
        blocks: how many blocks are unfrozen, counted from the output.
    """

    learning_rate: float
    batch_size: int
    weight_decay: float
    width: int
    augment: bool
    blocks: int


#: The values of each hyperparameter.
SWEEP_GRID: dict[str, tuple[float | bool, ...]] = {
    "learning_rate": SWEPT_RATES,
    "batch_size": BATCH_SIZES,
    "weight_decay": WEIGHT_DECAYS,
    "width": HEAD_WIDTHS,
    "augment": (False, True),
    "blocks": DEPTHS,
}
#: Every combination of them. Settings that share a compiled network are next to each other.
SETTINGS = tuple(
    Hyperparameters(rate, batch, decay, width, augment, blocks)
    for blocks, width, decay, batch, augment, rate in product(
        DEPTHS, HEAD_WIDTHS, WEIGHT_DECAYS, BATCH_SIZES, (False, True), SWEPT_RATES
    )
)


class _Network:
    """The embedded network with a new head, compiled once for all settings of one depth, width and weight decay."""

    def __init__(self, task: str, blocks: int, width: int, weight_decay: float) -> None:
        self.target = load_dataset(task)
        self.backbone = load_backbone("embedded")
        hidden = [layers.Dense(width, "relu", name="hidden")] if width else []
        head = layers.Dense(self.target.num_classes, name="head")
        self.model = keras.Sequential([self.backbone, pooling_layer(self.backbone), *hidden, head])
        unfreeze_top(self.backbone, blocks)
        self.head = self.model.layers[2:]
        self.pretrained = self.backbone.get_weights()
        self.model.compile(
            keras.optimizers.AdamW(1e-4, weight_decay=weight_decay),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        self.model.optimizer.build(self.model.trainable_variables)
        self.new_optimizer = [keras.ops.convert_to_numpy(v.value) for v in self.model.optimizer.variables]

    def session(self, setting: Hyperparameters, few: Split, seed: int) -> Session:
        """Go back to the start and return a session with that setting."""
        self.backbone.set_weights(self.pretrained)
        for number, layer in enumerate(self.head):
            kernel = keras.initializers.GlorotUniform(seed=10 * seed + number)(layer.kernel.shape)
            layer.set_weights([np.asarray(kernel), np.zeros(layer.units, np.float32)])
        for variable, new in zip(self.model.optimizer.variables, self.new_optimizer, strict=True):
            variable.assign(new)
        self.model.optimizer.learning_rate = setting.learning_rate
        return Session(
            self.model,
            few,
            epochs=CHECKPOINTS[-1],
            batch_size=setting.batch_size,
            augment=shift_and_flip if setting.augment else None,
            seed=seed,
        )

    def accuracy(self, part: Split) -> float:
        """Return the accuracy, 0..1, on pictures."""
        found = extract_features(self.backbone, part.inputs)  # in inference mode, pooled
        for layer in self.head:
            found = np.asarray(layer(found))
        return float((found.argmax(axis=1) == part.labels).mean())


@lru_cache(maxsize=1)
def _network(task: str, blocks: int, width: int, weight_decay: float) -> _Network:
    return _Network(task, blocks, width, weight_decay)


def sweep_parts(target: Dataset) -> tuple[Split, Split, Split]:
    """Return the pictures of a sweep: labelled ones to train on, those that choose, and those that are opened once."""
    few, choosing = LABELS[target.name]
    return target.train.few(few, seed=0), target.validation.few(choosing, seed=0), target.test


def sweep_cells(task: str) -> tuple[dict[str, Any], ...]:
    """Return every setting with every seed, as cells of a recording of ``task``."""
    return tuple({**asdict(setting), "seed": seed} for setting in SETTINGS for seed in SWEEP_SEEDS)


def measure_setting(task: str, cell: dict[str, Any]) -> list[dict[str, Any]]:
    """Fine-tune with one cell's setting and seed.

    Returns:
        One row: the cell; ``validation``, the accuracies (0..1) on validation pictures after ``CHECKPOINTS`` epochs;
        and ``test``, that on test pictures at the end. A run that diverged only guesses from there on.
    """
    setting = Hyperparameters(**{name: value for name, value in cell.items() if name != "seed"})
    network = _network(task, setting.blocks, setting.width, setting.weight_decay)
    few, choosing, test = sweep_parts(network.target)
    guess = 1 / network.target.num_classes
    curve: list[float] = []
    outcome = "done"
    for event in network.session(setting, few, cell["seed"]).events():
        outcome = event.kind
        if event.kind == "epoch" and event.epoch in CHECKPOINTS:
            curve.append(round(network.accuracy(choosing), 4))
    failed = outcome == "failed"
    curve += [guess] * (len(CHECKPOINTS) - len(curve))
    return [{**cell, "validation": curve, "test": guess if failed else round(network.accuracy(test), 4)}]
