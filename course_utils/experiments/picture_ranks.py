"""LoRA by rank and rate on a network of photographs, against full fine-tuning that is tuned as well.

Every run begins at the pretrained weights and a fitted head (LP-FT). What is kept of the source task is counted in
names: of how many pieces of photographs the old head says the same as before.
"""

from functools import cache, lru_cache
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import blocks, load_backbone, load_source_model
from course_utils.data import Dataset, Split, load_dataset, photograph_tiles
from course_utils.experiments.budgets import accuracy_on
from course_utils.experiments.ranks import FULL
from course_utils.transfer.features import extract_features, linear_probe
from course_utils.transfer.freezing import unfreeze_top
from course_utils.transfer.heads import set_linear_head, with_head
from course_utils.transfer.lora import add_lora
from course_utils.transfer.sessions import Session, shift_and_flip

_Cell = dict[str, Any]
_NETWORK, _TASK, _SIZE = "efficientnet_lite0", "photo-textures", 96
_LABELS, _EPOCHS, _BATCH = 20, 20, 32  # 100 steps, as the strategies get
_RANKS = (1, 4, 16)
#: Of AdamW; validation pictures choose. All grids begin below the best rate, but for rank 16, whose lowest is best.
_FULL_RATES = (1e-5, 3e-5, 1e-4, 3e-4)
_LORA_RATES = (1e-4, 3e-4, 1e-3, 3e-3)

PICTURE_RANK_CELLS = tuple(
    {"rank": rank, "learning_rate": rate, "seed": seed}
    for rank in (FULL, *_RANKS)
    for rate in (_LORA_RATES if rank else _FULL_RATES)
    for seed in range(5)
)


class _Tuning:
    """One rank: the network with a head, which every run takes back to the same start."""

    def __init__(self, rank: int) -> None:
        backbone = load_backbone(_NETWORK, image_size=_SIZE)
        self.network = backbone if rank == FULL else add_lora(backbone, rank)
        if rank == FULL:
            unfreeze_top(self.network, len(blocks(self.network)))
        self.model = with_head(self.network, _task().num_classes)
        optimizer = keras.optimizers.AdamW(1e-3, weight_decay=0.01)
        self.model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
        optimizer.build(self.model.trainable_variables)
        self._state = [*self.network.variables, *optimizer.variables]
        self._start = [keras.ops.convert_to_numpy(variable.value) for variable in self._state]

    def run(self, few: Split, learning_rate: float, seed: int) -> None:
        """Fit a head to labelled pictures, then train it together with the network."""
        for variable, value in zip(self._state, self._start, strict=True):
            variable.assign(value)
        self.model.optimizer.learning_rate = learning_rate
        set_linear_head(self.model, linear_probe(extract_features(self.network, few.inputs), few.labels))
        for _ in Session(
            self.model, few, epochs=_EPOCHS, batch_size=_BATCH, augment=shift_and_flip, seed=seed
        ).events():
            pass


def measure_picture_rank(cell: _Cell) -> list[_Cell]:
    """LP-FT on few pictures with updates of one rank or in full.

    Returns:
        A row with ``target`` and ``validation_target``, 0..1; ``kept``, the share of photographs' pieces whose old
        name stayed; and ``trained``, how many weights of the network learn.
    """
    tuning, task = _tuning(cell["rank"]), _task()
    tuning.run(task.train.few(_LABELS, cell["seed"]), cell["learning_rate"], cell["seed"])
    kept = names_given(tuning.network) == _names_before()
    return [
        {
            **cell,
            "target": accuracy_on(tuning.model, task.test),
            "validation_target": accuracy_on(tuning.model, task.validation),
            "kept": float(kept.mean()),
            "trained": sum(int(np.prod(weight.shape)) for weight in tuning.network.trainable_weights),
        }
    ]


def names_given(network: keras.Model) -> NDArray[np.int64]:
    """Return which of ImageNet's classes the old head names for each piece of the photographs, on this network."""
    kernel, bias = _old_head()
    names: NDArray[np.int64] = (extract_features(network, _pieces()) @ kernel + bias).argmax(axis=1)
    return names


@lru_cache(maxsize=1)
def _tuning(rank: int) -> _Tuning:
    return _Tuning(rank)


@cache
def _task() -> Dataset:
    return load_dataset(_TASK, image_size=_SIZE)


@cache
def _names_before() -> NDArray[np.int64]:
    return names_given(load_backbone(_NETWORK, image_size=_SIZE))


@cache
def _old_head() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    kernel, bias = load_source_model(_NETWORK).get_layer("source_head").get_weights()
    return kernel, bias


@cache
def _pieces() -> NDArray[np.uint8]:
    pieces = keras.ops.image.resize(photograph_tiles().astype("float32"), (_SIZE, _SIZE))
    whole: NDArray[np.uint8] = keras.ops.convert_to_numpy(pieces).round().astype(np.uint8)
    return whole
