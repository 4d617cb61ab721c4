"""Exercise 03.e4: reach an accuracy within a budget of pictures shown and of weights changed."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.lesson_03 import flat_weights
from course_utils.learn.calling import Unusable, call
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

GOAL = 0.85
PICTURES = 1_280
WEIGHTS = 300_000
_PER_CLASS, _CLASSES = 200, 2
_CHANNELS = 256  # that the head reads
_EVERY_WEIGHT = 579_298  # of backbone and head, moving statistics included
_NOISE = 1e-4  # of each kernel's numbers: it moves no accuracy


class TrainingBudget(Exercise):
    """The weights after the learner's training, and how many pictures it has shown to the model."""

    id = "03.e4"
    points = 3
    fields = {"weights": f"float[{_EVERY_WEIGHT}]", "pictures": "int"}
    withheld = frozenset({"test_seed"})
    seconds = 120

    def challenge(self, seed: int) -> Inputs:
        from course_utils.data import load_dataset

        few = load_dataset("scans").train.few(_PER_CLASS, seed=seed + 1)
        rng = np.random.default_rng(seed)
        limit = np.sqrt(6 / (_CHANNELS + _CLASSES))  # Glorot's
        kernel = rng.uniform(-limit, limit, _CHANNELS * _CLASSES)
        return {
            "pictures": few.inputs,
            "labels": few.labels,
            "head": np.append(kernel, np.zeros(_CLASSES)).astype(np.float32),
            "noise_seed": int(rng.integers(2**62)),
            "test_seed": seed,
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        counter = _counter_class()(name="counter", dtype="float32")
        model = _network(inputs, counter)
        weights = _weights(model)
        call(answer, model, inputs["pictures"], inputs["labels"])
        if [id(weight) for weight in _weights(model)] != [id(weight) for weight in weights]:
            raise Unusable("layers-changed")
        return {"weights": flat_weights.read(weights), "pictures": round(float(np.asarray(counter.seen)))}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        model = _network(inputs)
        moved = _moved(model, data["weights"])
        if not moved.weights:
            return wrong("untrained")
        given, labels = _on_test_scans(model, data["weights"], inputs["test_seed"])
        if not (np.isfinite(data["weights"]).all() and np.isfinite(given).all()):
            return wrong("blown-up")
        if data["pictures"] > PICTURES:
            return wrong("too-many-pictures", pictures=data["pictures"], budget=PICTURES)
        if moved.weights > WEIGHTS:
            return wrong("too-many-weights", weights=moved.weights, budget=WEIGHTS)
        if moved.statistics:
            return wrong("statistics-moved")
        reached = float((given.argmax(axis=1) == labels).mean())
        if reached < GOAL:
            return wrong("below-goal" if moved.backbone else "only-the-head", reached=reached, goal=GOAL)
        return passed(reached=reached, weights=moved.weights, pictures=data["pictures"])


class _Moved(NamedTuple):
    """How many weights belong to arrays that changed, and whether the statistics and the backbone are among them."""

    weights: int
    statistics: bool
    backbone: bool


def _moved(model: Any, after: np.ndarray) -> _Moved:
    variables = _weights(model)
    now = flat_weights.split(variables, after)
    moved = [v for v, array in zip(variables, now, strict=True) if not np.array_equal(np.asarray(v), array)]
    learned = [v for v in moved if "moving" not in v.path]
    return _Moved(
        sum(int(np.prod(v.shape)) for v in learned),
        len(learned) < len(moved),
        any("block" in v.path for v in learned),
    )


def _on_test_scans(model: Any, weights: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What the model gives for test scans with those weights, and the scans' labels."""
    from course_utils.data import load_dataset

    test = load_dataset("scans", seed=seed).test
    flat_weights.assign(_weights(model), weights)
    return np.asarray(model(test.inputs.astype("float32"), training=False)), test.labels


def _network(inputs: Inputs, *first: Any) -> Any:
    """The pretrained network behind the layers ``first``, with a new head of two classes.

    A little noise, another one for every seed, tells the kernels apart from those of any other check: weights that were
    learned elsewhere and written over them have all changed.
    """
    import keras

    from course_utils.backbones import load_backbone

    backbone = load_backbone("embedded")
    rng = np.random.default_rng(inputs["noise_seed"])
    for kernel in (weight for weight in backbone.weights if weight.path.endswith("kernel")):
        kernel.assign(np.asarray(kernel) * (1 + _NOISE * rng.uniform(-1, 1, kernel.shape)).astype(np.float32))
    head = keras.layers.Dense(_CLASSES, activation="softmax", kernel_initializer="zeros", name="head")
    pooling = keras.layers.GlobalAveragePooling2D()
    model = keras.Sequential([keras.Input(backbone.input_shape[1:]), *first, backbone, pooling, head])
    flat_weights.assign(head.weights, inputs["head"])
    return model


def _weights(model: Any) -> list[Any]:
    """All that the model holds but the counter's own number."""
    return [weight for weight in model.weights if "counter" not in weight.path]


@cache
def _counter_class() -> type:
    """A layer that counts the pictures that pass in training; made here because Keras is imported late."""
    import keras

    ops = keras.ops

    class Counter(keras.layers.Layer):
        """Passes its input on and counts it in training."""

        def build(self, input_shape: Any) -> None:
            self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")
            self.built = True

        def call(self, inputs: Any, training: bool = False) -> Any:
            if training:
                self.seen.assign(self.seen + ops.cast(ops.shape(inputs)[0], "float32"))
            return inputs

    return Counter
