"""Exercise 04.e3: reach an accuracy within a budget of pictures shown and of weights changed."""

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, NamedTuple

import numpy as np

from course_utils.exercises import flat_weights
from course_utils.exercises.caching import cached_by_inputs
from course_utils.learn.calling import Unusable, call
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

GOAL = 0.85
PICTURES = 1_280
WEIGHTS = 300_000
_PER_CLASS, _CLASSES = 200, 2
_CHANNELS = 256  # that the head reads
_EVERY_WEIGHT = 579_298  # of backbone and head, moving statistics included
_NOISE = 1e-4  # of each kernel's numbers: it changes no accuracy


class TrainingBudget(Exercise):
    """The weights after the learner's training, and how many pictures the model was shown in it."""

    id = "04.e3"
    points = 3
    fields = {"weights": f"float[{_EVERY_WEIGHT}]", "pictures": "int"}
    withheld = frozenset({"scans_seed"})
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
            "scans_seed": seed,
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
        moved = _moved(_start(inputs), data["weights"])
        if not moved.weights:
            return wrong("untrained")
        if not np.isfinite(data["weights"]).all():
            return wrong("blown-up")
        if data["pictures"] > PICTURES:
            return wrong("too-many-pictures", pictures=data["pictures"], budget=PICTURES)
        if moved.weights > WEIGHTS:
            return wrong("too-many-weights", weights=moved.weights, budget=WEIGHTS)
        if moved.statistics:
            return wrong("statistics-moved")
        model = _trained(inputs, data["weights"])
        reached = _accuracy_on(inputs, model, "validation")
        if np.isnan(reached):
            return wrong("blown-up")
        if reached < GOAL:  # whoever tries again sees validation pictures only
            return wrong("below-goal" if moved.backbone else "only-the-head", reached=reached, goal=GOAL)
        on_test = _accuracy_on(inputs, model, "test")
        return passed(reached=reached, test=on_test, weights=moved.weights, pictures=data["pictures"])


class _Moved(NamedTuple):
    """How many weights belong to arrays that changed, and whether the statistics and the backbone are among them."""

    weights: int
    statistics: bool
    backbone: bool


class _Array(NamedTuple):
    """One array of the model's weights, where it lies in the flat vector, and its numbers before training."""

    path: str
    where: slice
    before: np.ndarray


@cached_by_inputs
def _start(inputs: Inputs) -> list[_Array]:
    arrays: list[_Array] = []
    for variable in _weights(_network(inputs)):
        before = np.asarray(variable, np.float32).ravel()
        start = arrays[-1].where.stop if arrays else 0
        arrays.append(_Array(variable.path, slice(start, start + before.size), before))
    return arrays


def _moved(arrays: list[_Array], after: np.ndarray) -> _Moved:
    moved = [array for array in arrays if not np.array_equal(array.before, after[array.where])]
    learned = [array for array in moved if "moving" not in array.path]
    return _Moved(
        sum(array.before.size for array in learned),
        len(learned) < len(moved),
        any("block" in array.path for array in learned),
    )


def _trained(inputs: Inputs, weights: np.ndarray) -> Any:
    """Return the network with the weights that were returned."""
    model = _network(inputs)
    flat_weights.assign(_weights(model), weights)
    return model


def _accuracy_on(inputs: Inputs, model: Any, part: Literal["validation", "test"]) -> float:
    """Return the model's accuracy on one part of the scans; NaN if an output is not finite."""
    from course_utils.data import load_dataset

    scans = getattr(load_dataset("scans", seed=inputs["scans_seed"]), part)
    given = np.asarray(model(scans.inputs.astype("float32"), training=False))
    return float((given.argmax(axis=1) == scans.labels).mean()) if np.isfinite(given).all() else np.nan


def _network(inputs: Inputs, *first: Any) -> Any:
    """Build the pretrained network behind the layers ``first``, with a new head of two classes.

    A little noise, different for every seed, sets the kernels apart from those of any other check: weights learned
    elsewhere and written over them count as changed, every one.
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
    """Return all of the model's weights but the counter's own number."""
    return [weight for weight in model.weights if "counter" not in weight.path]


@cache
def _counter_class() -> type:
    """Return the class of a layer that counts pictures in training; made here because Keras is imported late."""
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
