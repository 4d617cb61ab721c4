"""Fine-tuning as an experiment: one network, one target task, any number of runs from the same start.

Lessons 03 to 06, their recordings and their labs run it. Every run begins with the pretrained weights and a head;
both tasks are measured after it: the target, and the source with the head that the network came with.
"""

import time
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Literal

import keras
import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline

from course_utils.backbones import blocks, load_source_model
from course_utils.data import Dataset, Split, load_dataset
from course_utils.errors import CourseError
from course_utils.transfer.averaging import average_weights
from course_utils.transfer.drift import relative_drift
from course_utils.transfer.features import extract_features, linear_probe
from course_utils.transfer.fisher import diagonal_fisher
from course_utils.transfer.freezing import backbone_of, unfreeze_blocks, unfreeze_top
from course_utils.transfer.heads import TaskHeads, as_dense
from course_utils.transfer.learning_rates import check_rate
from course_utils.transfer.lora import add_lora
from course_utils.transfer.penalties import ewc, l2_sp, remove_penalty, set_strength
from course_utils.transfer.sessions import Rehearsal, Session

#: Source pictures per class: those that a run may rehearse, and those that it is measured on.
KEPT, MEASURED = 10, 5

HeadStart = Literal["probe", "random", "source"]


@dataclass(frozen=True)
class Recipe:
    """How one run fine-tunes.

    Attributes:
        blocks: how many blocks are unfrozen, counted from the output, or the names of those that are; the head always
            trains.
        learning_rate: of AdamW with a weight decay of 0.01.
        steps: the approximate number of optimizer steps: a run is the whole number of epochs that comes closest to
            the pictures of this many full batches. An epoch's last batch is filled up with pictures from its front,
            and fewer than ``batch_size`` pictures are one batch, so few pictures take more steps.
        head: ``"probe"``: a linear probe is fitted first and the head starts from it (LP-FT); ``"random"``: it starts
            random; ``"source"``: it starts as a copy of the source's, for a target with the source's own classes.
        rehearsal: the share of source pictures in every batch, 0 to below 1.
        penalty: ``"l2-sp"`` or ``"ewc"``, with the given ``strength``, 0 or more.
        batchnorm: ``"inference"``: the stored statistics stay as they are; ``"training"``: the mistake of lesson 03.
    """

    blocks: int | tuple[str, ...] = 4
    learning_rate: float = 3e-4
    steps: int = 100
    batch_size: int = 32
    head: HeadStart = "probe"
    rehearsal: float = 0.0
    penalty: Literal["none", "l2-sp", "ewc"] = "none"
    strength: float = 0.0
    batchnorm: Literal["inference", "training"] = "inference"

    def __post_init__(self) -> None:
        check_rate(self.learning_rate)
        if self.steps < 1 or self.batch_size < 1:
            raise CourseError(f"steps={self.steps} and batch_size={self.batch_size} must both be 1 or more.")


class FineTuning:
    """One backbone and one target task, fine-tuned any number of times, always from the same start.

    Args:
        target: a dataset with pictures of the backbone's size, or its name.
        per_class: labels per class that training may use.
        backbone: one that ships with its source head.
        backbone_seed: which pretraining run. The source's pictures stay the same: some that run 0 was shown, and some
            that no run was shown.
        lora_rank: train low-rank updates of this rank instead of the weights themselves (LoRA); every block has them,
            so ``Recipe.blocks`` is ignored.

    Attributes:
        network: the backbone as it is now; ``model`` is the network with the source's head and the target's.

    Raises:
        CourseError: an unknown name, or more labels than the smallest class has.
    """

    def __init__(
        self,
        target: str | Dataset,
        per_class: int,
        *,
        backbone: str = "embedded",
        backbone_seed: int = 0,
        lora_rank: int | None = None,
    ) -> None:
        self.target = target if isinstance(target, Dataset) else load_dataset(target)
        self.source = load_dataset("source")
        self.per_class = per_class
        self.pretrained = load_source_model(backbone, seed=backbone_seed)
        self.network, source_head = backbone_of(self.pretrained), self.pretrained.get_layer("source_head")
        if lora_rank is not None:
            self.network = add_lora(self.network, lora_rank)
        self.lora_rank = lora_rank
        self.start = self.network.get_weights()
        self.tasks = TaskHeads({"source": source_head, "target": self.target.num_classes})
        self.model = self.tasks.on(self.network)
        self.model.get_layer("source_head").trainable = False  # kept as it was, so that the old task can be measured
        self.features = extract_features(self.network, self.target.train.inputs)
        self.target.train.few(per_class)  # raises if a class has too few labels
        self._compiled: tuple[Any, ...] | None = None

    def few(self, seed: int) -> Split:
        """Return the labelled pictures of one draw, with the target's own labels."""
        return self.target.train.few(self.per_class, seed)

    def prepare(self, recipe: Recipe, seed: int) -> Session:
        """Go back to the start and return a session that is ready to run: ``session.events()`` trains.

        The optimizer and what Keras compiled are reused while recipes unfreeze the same blocks under the same penalty,
        whatever its strength, so that only the first run of a kind pays for them.
        """
        self.network.set_weights(self.start)
        compiled: tuple[Any, ...] = (recipe.blocks, recipe.batchnorm, recipe.penalty)
        if keras.backend.backend() != "tensorflow":
            compiled += (recipe.strength,)  # elsewhere, a compiled step keeps this, too
        if compiled != self._compiled:
            self._unfreeze(recipe)
            self._penalise(recipe)
            optimizer = keras.optimizers.AdamW(recipe.learning_rate, weight_decay=0.01)
            self.model.compile(optimizer, self.tasks.loss, metrics=[self.tasks.accuracy])
            self.model.optimizer.build(self.model.trainable_variables)
            self._new_optimizer = [keras.ops.convert_to_numpy(v.value) for v in self.model.optimizer.variables]
            self._compiled = compiled
        elif recipe.penalty != "none":
            set_strength(self.network, recipe.strength)
        for variable, new in zip(self.model.optimizer.variables, self._new_optimizer, strict=True):
            variable.assign(new)
        self.model.optimizer.learning_rate = recipe.learning_rate
        self._set_head(recipe.head, seed)
        self.before = self.model.get_weights()
        few = self.few(seed)
        return Session(
            self.model,
            Split(few.inputs, self.tasks.labels("target", few.labels)),
            epochs=max(1, round(recipe.steps * recipe.batch_size / len(few))),
            batch_size=recipe.batch_size,
            rehearsal=self._kept(recipe.rehearsal, seed) if recipe.rehearsal else None,
            seed=seed,
        )

    def _kept(self, fraction: float, seed: int) -> Rehearsal:
        kept = self.source.train.few(KEPT, seed)
        return Rehearsal(Split(kept.inputs, self.tasks.labels("source", kept.labels)), fraction)

    def _unfreeze(self, recipe: Recipe) -> None:
        if self.lora_rank is not None:
            return
        if isinstance(recipe.blocks, int):
            unfreeze_top(self.network, recipe.blocks)
        else:
            unfreeze_blocks(self.network, recipe.blocks)
        if recipe.batchnorm == "training":
            for layer in self.network.layers:
                layer.trainable |= isinstance(layer, keras.layers.BatchNormalization)

    def _penalise(self, recipe: Recipe) -> None:
        remove_penalty(self.network)
        if recipe.penalty == "l2-sp":
            l2_sp(self.network, recipe.strength)
        elif recipe.penalty == "ewc":
            ewc(self.network, recipe.strength, self.fisher)

    @cached_property
    def fisher(self) -> dict[str, NDArray[np.float32]]:
        """How much each weight of the whole network matters for the source task; measured on first use."""
        now, trainable = self.network.get_weights(), [layer.trainable for layer in self.network.layers]
        self.network.set_weights(self.start)
        unfreeze_top(self.network, len(blocks(self.network)))
        measured = diagonal_fisher(self.pretrained, self.source.train.few(4).inputs)
        self.network.set_weights(now)
        for layer, was in zip(self.network.layers, trainable, strict=True):
            layer.trainable = was
        return measured

    def probe(self, seed: int) -> Pipeline:
        """Fit a linear probe on the frozen features of one draw of labels: what fine-tuning has to beat."""
        rows = self.target.train.few_rows(self.per_class, seed)
        return linear_probe(self.features[rows], self.target.train.labels[rows])

    def _set_head(self, kind: HeadStart, seed: int) -> None:
        head = self.model.get_layer("target_head")
        if kind == "probe":
            head.set_weights(as_dense(self.probe(seed)))
        elif kind == "source":
            if self.target.class_names != self.source.class_names:
                raise CourseError(
                    f"head='source' needs a target with the source's classes, but {self.target.name!r} has others; "
                    "take head='probe'."
                )
            head.set_weights(self.model.get_layer("source_head").get_weights())
        else:
            start = keras.initializers.GlorotUniform(seed=seed)(head.kernel.shape)
            head.set_weights([np.asarray(start), np.zeros(self.target.num_classes, np.float32)])

    def run(self, recipe: Recipe, seed: int, *, every: int | None = None) -> dict[str, Any]:
        """Do one run from start to end.

        Args:
            recipe: how to fine-tune.
            seed: draws the labels, the pictures to rehearse and their order.
            every: also measure both tasks on validation pictures, after every so many steps and at the end.

        Returns:
            A row: the recipe's fields; ``seed``; ``outcome`` (``done`` or ``failed``); the accuracies on test pictures,
            ``target`` and ``source`` (0..1); ``drift`` by block; ``seconds``; and ``curve``, a list of ``step``,
            ``target`` and ``source`` on validation pictures. With ``every``, those at the end are also there as
            ``validation_target`` and ``validation_source``.
        """
        started, curve, outcome = time.perf_counter(), [], "done"
        for event in self.prepare(recipe, seed).events():
            outcome = event.kind
            if every and event.kind == "step" and (event.step % every == 0):
                curve.append({"step": event.step, **self.accuracies("validation")})
        return {
            **asdict(recipe),
            "seed": seed,
            "outcome": outcome,
            **(self.measured() if every else self.accuracies("test")),
            "drift": {str(row["block"]): row["drift"] for row in relative_drift(self.start, self.network)},
            "curve": curve,
            "seconds": time.perf_counter() - started,
        }

    def result(self, recipe: Recipe, seed: int) -> dict[str, float]:
        """Do one run and return only ``measured()``."""
        for _ in self.prepare(recipe, seed).events():
            pass
        return self.measured()

    def average(self, after: list[NDArray[Any]], share: float) -> None:
        """Set the model to the average of its weights before the last run and ``after`` (WiSE-FT), heads included."""
        self.model.set_weights(average_weights(self.before, after, share))

    def measured(self) -> dict[str, float]:
        """Return the accuracies of a run's row for the current weights, on test and on validation pictures."""
        validation = {f"validation_{task}": accuracy for task, accuracy in self.accuracies("validation").items()}
        return self.accuracies("test") | validation

    def accuracies(self, part: Literal["validation", "test"] = "test") -> dict[str, float]:
        """Return the accuracy, 0..1, on pictures of both tasks, each with its own head."""
        source: Split = getattr(self.source, part).few(MEASURED, 0)
        measured = {"target": getattr(self.target, part), "source": source}
        return {task: self._accuracy(task, split) for task, split in measured.items()}

    def _accuracy(self, task: str, split: Split) -> float:
        features = extract_features(self.network, split.inputs)
        kernel, bias = self.model.get_layer(f"{task}_head").get_weights()
        return float(((features @ kernel + bias).argmax(1) == split.labels).mean())
