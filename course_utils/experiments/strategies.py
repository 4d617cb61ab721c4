"""Ways to learn a task, most of which reuse a network: what each reaches with so many labels, and what it costs."""

from functools import cached_property
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.backbones import blocks, load_backbone
from course_utils.data import PARTS, Dataset, Split, load_dataset
from course_utils.errors import CourseError
from course_utils.experiments.budgets import accuracy_on, scratch_session
from course_utils.inspection.responses import block_features
from course_utils.transfer.costs import training_multiplications
from course_utils.transfer.features import linear_probe
from course_utils.transfer.freezing import unfreeze_top
from course_utils.transfer.heads import set_linear_head, with_head
from course_utils.transfer.sessions import Session, shift_and_flip

SCRATCH, RANDOM, LAST, BEST = "from scratch", "random features", "features, last block", "features, best block"
TOP, EVERYTHING, LP_FT = "top block", "everything", "LP-FT"
#: What can be chosen.
STRATEGIES = (LAST, BEST, TOP, EVERYTHING, LP_FT, SCRATCH)
#: What reuses a network, and the control that does the same with a random one.
REUSING = (LAST, BEST, RANDOM, TOP, EVERYTHING, LP_FT)
#: Those that start from a linear probe's head; ``EVERYTHING`` starts from a random one, which is all that differs.
_FITTED_HEAD = (TOP, LP_FT)
#: By network: blocks that are unfrozen, and the rates, of which validation pictures choose. The embedded network's is
#: the one that they preferred in ``unfrozen-*``; training from scratch has one rate, too, chosen on other tasks. On the
#: textures' validation pictures the real one did worse at higher rates, and LP-FT about as well at a lower one.
_FINE_TUNED: dict[str, dict[str, tuple[int, tuple[float, ...]]]] = {
    "embedded": {TOP: (1, (1e-3,)), EVERYTHING: (4, (3e-4,)), LP_FT: (4, (3e-4,))},
    "efficientnet_lite0": {TOP: (1, (3e-4, 1e-3)), EVERYTHING: (18, (1e-4, 3e-4)), LP_FT: (18, (1e-4, 3e-4))},
}
#: Optimizer steps of a fine-tuning, and its batch: a fraction of what training from scratch gets.
STEPS, BATCH = 100, 32


class Strategies:
    """One task and one pretrained network, learned in any of the ways.

    Args:
        task: a dataset, or its name; ``embedded`` sees pictures of 32 pixels.
        backbone_seed: which pretraining run.
        backbone: ``embedded`` or ``efficientnet_lite0``.
    """

    def __init__(self, task: str | Dataset, backbone_seed: int = 0, backbone: str = "embedded") -> None:
        self.task = task if isinstance(task, Dataset) else load_dataset(task)
        self.backbone = backbone
        self.network = self._load(seed=backbone_seed)
        self.blocks = tuple(blocks(self.network))
        self._start = self.network.get_weights()
        self._model = with_head(self.network, self.task.num_classes)
        self._unfrozen: int | None = None
        self._drawn: dict[int, dict[str, dict[str, NDArray[np.float32]]]] = {}

    def run(self, strategy: str, labels: int, seed: int) -> dict[str, Any]:
        """Learn the task in one way.

        Args:
            strategy: one of ``REUSING``, or ``SCRATCH``. ``RANDOM`` is the control: the same network with random
                weights, frozen. ``SCRATCH`` is ``scratch_session``, the embedded network whatever ``backbone`` is.
            labels: per class.
            seed: draws the labels, their order, and random weights.

        Returns:
            ``chosen``, the block that validation pictures chose or the rate; ``validation`` and, measured once,
            ``accuracy`` on test pictures, each 0..1; and ``multiplications``, of all that was tried.

        Raises:
            CourseError: an unknown strategy, or more labels than the smallest class has.
        """
        few = self.task.train.few(labels, seed)
        if strategy in (LAST, BEST):
            return self._features(self._pretrained, self.blocks[-1:] if strategy == LAST else self.blocks, labels, seed)
        if strategy == RANDOM:
            return self._features(self._random(seed), self.blocks, labels, seed)
        if strategy in _FINE_TUNED[self.backbone]:
            return self._fine_tuned(strategy, few, labels, seed)
        if strategy == SCRATCH:
            return self._from_scratch(labels, seed)
        raise CourseError(f"strategy={strategy!r} can't be run; choose one of {', '.join((*REUSING, SCRATCH))}.")

    def _load(self, **how: Any) -> keras.Model:
        return load_backbone(self.backbone, image_size=self.task.train.inputs.shape[1], **how)

    @cached_property
    def _pretrained(self) -> dict[str, dict[str, NDArray[np.float32]]]:
        self.network.set_weights(self._start)
        return _features_by_part(self.network, self.task)

    def _random(self, seed: int) -> dict[str, dict[str, NDArray[np.float32]]]:
        if seed not in self._drawn:
            self._drawn = {seed: _features_by_part(self._load(weights=None, seed=seed), self.task)}
        return self._drawn[seed]

    def _probe(self, features: dict[str, NDArray[np.float32]], labels: int, seed: int) -> Any:
        rows = self.task.train.few_rows(labels, seed)
        return linear_probe(features["train"][rows], self.task.train.labels[rows])

    def _features(
        self, by_block: dict[str, dict[str, NDArray[np.float32]]], tried: tuple[str, ...], labels: int, seed: int
    ) -> dict[str, Any]:
        """Fit a probe on each block that is tried, and keep the one that is best on validation pictures."""
        probes = {block: self._probe(by_block[block], labels, seed) for block in tried}
        right = {b: probe.score(by_block[b]["validation"], self.task.validation.labels) for b, probe in probes.items()}
        best = max(right, key=right.__getitem__)
        return {
            "chosen": best,
            "validation": float(right[best]),
            "accuracy": float(probes[best].score(by_block[best]["test"], self.task.test.labels)),
            "multiplications": self._forward * labels * self.task.num_classes,
        }

    @cached_property
    def _forward(self) -> int:
        """Multiplications of one picture on its way through the network."""
        frozen = self._load()
        frozen.trainable = False
        return training_multiplications(frozen)

    def _fine_tuned(self, strategy: str, few: Split, labels: int, seed: int) -> dict[str, Any]:
        """Train at each rate, and keep the one that is best on validation pictures."""
        depth, rates = _FINE_TUNED[self.backbone][strategy]
        runs = [self._at_rate(rate, depth, strategy, few, labels, seed) for rate in rates]
        best = max(runs, key=lambda run: run["validation"])
        return {**best, "multiplications": sum(run["multiplications"] for run in runs)}

    def _from_scratch(self, labels: int, seed: int) -> dict[str, Any]:
        session = scratch_session(self.task, labels, seed)
        steps = sum(event.kind == "step" for event in session.events())
        pictures = steps * session.batch_size
        return {
            "chosen": f"{float(session.model.optimizer.learning_rate):g}",
            "validation": accuracy_on(session.model, self.task.validation),
            "accuracy": accuracy_on(session.model, self.task.test),
            "multiplications": pictures * training_multiplications(session.model.layers[0]),
        }

    def _at_rate(self, rate: float, depth: int, strategy: str, few: Split, labels: int, seed: int) -> dict[str, Any]:
        train = _filled(few)
        epochs = max(1, round(STEPS * BATCH / len(train)))
        probe = self._probe(self._pretrained[self.blocks[-1]], labels, seed) if strategy in _FITTED_HEAD else None
        self._prepare(depth, rate, probe, seed)
        for _ in Session(
            self._model, train, epochs=epochs, batch_size=BATCH, augment=shift_and_flip, seed=seed
        ).events():
            pass
        pictures = epochs * -(-len(train) // BATCH) * BATCH
        return {
            "chosen": f"{rate:g}",
            "validation": accuracy_on(self._model, self.task.validation),
            "accuracy": accuracy_on(self._model, self.task.test),
            "multiplications": pictures * training_multiplications(self.network),
        }

    def _prepare(self, depth: int, rate: float, probe: Any, seed: int) -> None:
        """Go back to the pretrained weights; what Keras compiled is used again as long as the depth stays."""
        self.network.set_weights(self._start)
        if depth != self._unfrozen:
            unfreeze_top(self.network, depth)
            optimizer = keras.optimizers.AdamW(rate, weight_decay=0.01)
            self._model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
            optimizer.build(self._model.trainable_variables)
            self._fresh = [keras.ops.convert_to_numpy(variable.value) for variable in optimizer.variables]
            self._unfrozen = depth
        for variable, value in zip(self._model.optimizer.variables, self._fresh, strict=True):
            variable.assign(value)
        self._model.optimizer.learning_rate = rate
        if probe is not None:
            set_linear_head(self._model, probe)
        else:
            head = self._model.layers[-1]
            start = keras.initializers.GlorotUniform(seed=seed)(head.kernel.shape)
            head.set_weights([np.asarray(start), np.zeros(head.units, np.float32)])


def _features_by_part(network: keras.Model, task: Dataset) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Return the pooled outputs of every block, by block and part."""
    parts = {part: block_features(network, getattr(task, part).inputs) for part in PARTS}
    return {block: {part: found[block] for part, found in parts.items()} for block in blocks(network)}


def _filled(few: Split) -> Split:
    """Repeat pictures until they fill a batch: with one size of batch, Keras compiles the training step once."""
    rows = np.resize(np.arange(len(few)), max(len(few), BATCH))
    return Split(few.inputs[rows], few.labels[rows])
