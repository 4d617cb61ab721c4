"""Several tasks in a row behind one backbone; all of them are measured after each one was learned."""

from typing import Any

import keras
import numpy as np

from course_utils.backbones import load_source_model
from course_utils.data import Dataset, PartName, Split, load_dataset
from course_utils.experiments.finetuning import KEPT, MEASURED
from course_utils.experiments.remedies import LORA_RANK
from course_utils.transfer.continual import average_accuracy, forgetting
from course_utils.transfer.features import extract_features, linear_probe
from course_utils.transfer.freezing import backbone_of, unfreeze_top
from course_utils.transfer.heads import TaskHeads, as_dense
from course_utils.transfer.lora import add_lora
from course_utils.transfer.sessions import Rehearsal, train

#: The tasks that follow the source, with labels per class and epochs for each.
FOLLOWING = {"scans": (100, 8), "photo-textures": (40, 5)}
#: The share of old pictures in every batch when rehearsing, from all tasks before.
REHEARSED = 0.125
#: The ways to learn them, each with the rates that it is tuned over.
WAYS = {"plain": (1e-4, 3e-4, 1e-3), "rehearsal": (1e-4, 3e-4, 1e-3), "LoRA": (1e-3, 3e-3, 1e-2)}


class TasksInARow:
    """One pretrained backbone that learns one task after the other, each with a head of its own.

    A new head starts as a linear probe (LP-FT), old heads are frozen, and BatchNorm stays in inference mode. Of the
    source, 10 pictures of each class may be rehearsed; of a task that came later, all that it was trained on.

    Args:
        way: one of ``WAYS``.
        learning_rate: of AdamW with a weight decay of 0.01, the same for every task.
        seed: draws the labels and their order, and chooses one of the three pretraining runs.

    Attributes:
        heads: by task, in the order in which they were learned.
    """

    def __init__(self, way: str, learning_rate: float, seed: int) -> None:
        pretrained = load_source_model("embedded", seed=seed % 3)
        self.way, self.learning_rate, self.seed = way, learning_rate, seed
        self.network = backbone_of(pretrained)
        if way == "LoRA":
            self.network = add_lora(self.network, LORA_RANK)
        else:
            unfreeze_top(self.network, 4)
        self.data: dict[str, Dataset] = {name: load_dataset(name) for name in ("source", *FOLLOWING)}
        self.heads: dict[str, keras.layers.Dense] = {"source": pretrained.get_layer("source_head")}

    def learn_next(self, task: str, epochs: int | None = None) -> None:
        """Train on one more task; ``epochs`` instead of its own make a quick demonstration."""
        old = list(self.heads)
        few = {name: self.data[name].train.few(self._labels(name), self.seed) for name in (*old, task)}
        tasks = TaskHeads({**self.heads, task: self.data[task].num_classes})
        model = tasks.on(self.network)
        for name in old:
            model.get_layer(f"{name}_head").trainable = False
        new_head, new = model.get_layer(f"{task}_head"), few[task]
        new_head.set_weights(as_dense(linear_probe(extract_features(self.network, new.inputs), new.labels)))
        model.compile(keras.optimizers.AdamW(self.learning_rate, weight_decay=0.01), tasks.loss)
        joint = {name: Split(part.inputs, tasks.labels(name, part.labels)) for name, part in few.items()}
        train(
            model,
            joint[task],
            epochs=epochs or FOLLOWING[task][1],
            rehearsal=_rehearsal([joint[name] for name in old]) if self.way == "rehearsal" else None,
            seed=self.seed,
        )
        self.heads[task] = new_head

    def accuracies(self, part: PartName) -> list[float | None]:
        """Return the accuracy, 0..1, on every task through its own head; ``None`` for one that has none yet."""
        return [self._accuracy(name, part) if name in self.heads else None for name in self.data]

    def _labels(self, task: str) -> int:
        return KEPT if task == "source" else FOLLOWING[task][0]

    def _accuracy(self, task: str, part: PartName) -> float:
        pictures: Split = getattr(self.data[task], part)
        if task == "source":
            pictures = pictures.few(MEASURED, 0)
        kernel, bias = self.heads[task].get_weights()
        logits = extract_features(self.network, pictures.inputs) @ kernel + bias
        return float((logits.argmax(1) == pictures.labels).mean())


def _rehearsal(old: list[Split]) -> Rehearsal:
    inputs, labels = (np.concatenate([getattr(part, what) for part in old]) for what in ("inputs", "labels"))
    return Rehearsal(Split(inputs, labels), REHEARSED)


def one_after_another(way: str, learning_rate: float, seed: int) -> dict[str, Any]:
    """Learn all tasks in a row and measure.

    Returns:
        ``matrix`` and ``validation_matrix``: a row for each task learned, a column for each task measured, on test and
        on validation pictures, 0..1 or ``None``; and from them ``average_accuracy``, ``validation_average_accuracy``
        and ``forgetting``.
    """
    learner = TasksInARow(way, learning_rate, seed)
    matrices: dict[str, list[list[float | None]]] = {"validation": [], "test": []}
    for task in learner.data:
        if task in FOLLOWING:
            learner.learn_next(task)
        for part, matrix in matrices.items():
            matrix.append(learner.accuracies(part))  # type: ignore[arg-type]
    validation, test = (np.array(matrices[part], float) for part in ("validation", "test"))
    return {
        "validation_matrix": matrices["validation"],
        "matrix": matrices["test"],
        "validation_average_accuracy": average_accuracy(validation),
        "average_accuracy": average_accuracy(test),
        "forgetting": forgetting(test),
    }
