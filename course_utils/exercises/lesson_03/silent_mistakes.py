"""Exercise 03.e5: three training scripts, each with one silent mistake: which one, and the training without it."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises import flat_weights
from course_utils.exercises.caching import cached_by_inputs
from course_utils.exercises.lesson_03 import block_network
from course_utils.exercises.lesson_03.block_network import CHANNELS, SIDE
from course_utils.learn.calling import call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_BLOCKS, _CLASSES, _PICTURES = 3, 2, 160
_PLACES = block_network.places(_BLOCKS)
_HEAD = (CHANNELS + 1) * _CLASSES  # weights of the head
_GENTLE = 0.04  # no weight of the backbone moves farther at a tenth of the rate of the scripts' heads, or less
_TO_LEARN = 0.5  # nats of cross-entropy that a fitted head gains over the random one, at least
_TRAINED = 1 / 3  # of what fitting the head would gain; a head that learned less was hardly trained


class _Script(NamedTuple):
    """How many blocks a script means to unfreeze, from the top, and the number of the mistake that it makes."""

    blocks: int
    mistake: int


_SCRIPTS = {"a": _Script(3, 2), "b": _Script(2, 3), "c": _Script(1, 1)}


class SilentMistakes(Exercise):
    """For each script: the mistake named, the weights at the end, and the head as the backbone began to move."""

    id = "03.e5"
    points = 3
    fields = {
        "named": f"float[{len(_SCRIPTS)}]",
        "backbone": f"float[{len(_SCRIPTS)},{_PLACES[f'block{_BLOCKS}_norm'].stop}]",
        "head": f"float[{len(_SCRIPTS)},{_HEAD}]",
        "head_before": f"float[{len(_SCRIPTS)},{_HEAD}]",
    }
    seconds = 60

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        while True:  # a few networks keep the classes too close together, or begin with a head that is good already
            inputs = _draw(rng)
            if _loss(inputs, inputs["weights"], inputs["head"]) > _fitted_loss(inputs) + _TO_LEARN:
                return inputs

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        import keras

        found: Data = {name: [] for name in self.fields}
        for name in _SCRIPTS:
            backbone = block_network.build(inputs["weights"], _BLOCKS)
            head = keras.layers.Dense(_CLASSES, activation="softmax", kernel_initializer="zeros", name="head")
            head.build((None, CHANNELS))
            witness = _witness_class()(backbone, head, name="witness")
            pooling = keras.layers.GlobalAveragePooling2D()
            model = keras.Sequential([keras.Input((SIDE, SIDE, 3)), backbone, pooling, witness, head])
            flat_weights.assign(head.weights, inputs["head"])
            named = call(answer, name, model, backbone, inputs["pictures"], inputs["labels"])
            found["named"].append(number(named, "the number of a mistake"))
            found["backbone"].append(flat_weights.read(backbone.weights))
            found["head"].append(flat_weights.read(head.weights))
            found["head_before"].append(np.asarray(witness.head_before))
        return found

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        faults = [_fault(name, row, inputs, data) for row, name in enumerate(_SCRIPTS)]
        left = [fault for fault in faults if fault]
        return left[0]._replace(share=1 - len(left) / len(_SCRIPTS)) if left else passed()


def _draw(rng: np.random.Generator) -> Inputs:
    labels = rng.permutation(np.arange(_PICTURES) % _CLASSES)
    colour = rng.normal(size=3)
    tint = np.where(labels, 1, -1)[:, None, None, None] * colour * 3 / np.linalg.norm(colour)
    return {
        "weights": block_network.draw_weights(rng, _BLOCKS),
        "head": np.append(rng.normal(0, 1, CHANNELS * _CLASSES), np.zeros(_CLASSES)).astype(np.float32),
        "pictures": (tint + rng.normal(0, 2, (_PICTURES, SIDE, SIDE, 3))).astype(np.float32),
        "labels": labels,
    }


def _fault(name: str, row: int, inputs: Inputs, data: Data) -> Verdict | None:
    """Return what is wrong with the training in place of one script; None if it is right."""
    script, before, after = _SCRIPTS[name], inputs["weights"], data["backbone"][row]
    moved = [layer for layer, at in _PLACES.items() if not np.array_equal(before[at], after[at])]
    wanted = [f"block{block}_conv" for block in range(_BLOCKS - script.blocks + 1, _BLOCKS + 1)]
    if not moved:
        return wrong("only-the-head", script=name)
    if any("norm" in layer for layer in moved):
        return wrong("batchnorm-awake", script=name)
    if moved != wanted:
        return wrong("other-blocks", script=name, found=" and ".join(moved), wanted=" and ".join(wanted))
    random, began = (_loss(inputs, before, head) for head in (inputs["head"], data["head_before"][row]))
    if not random - began > _TRAINED * (random - _fitted_loss(inputs)):
        return wrong("head-still-random", script=name)
    with np.errstate(all="ignore"):  # weights may have blown up
        far = float(np.abs(after - before).max())
    if not far < _GENTLE:
        return wrong("too-fast", script=name, far=far)
    if not _loss(inputs, after, data["head"][row]) < began:
        return wrong("nothing-gained", script=name)
    if data["named"][row] != script.mistake:
        return wrong("another-mistake", script=name, found=float(data["named"][row]))
    return None


@cached_by_inputs
def _features(pictures: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the pooled features of the pictures, in inference mode."""
    maps = np.asarray(block_network.build(weights, _BLOCKS)(pictures, training=False), float)
    pooled: np.ndarray = maps.mean(axis=(1, 2))
    return pooled


def _loss(inputs: Inputs, weights: np.ndarray, head: np.ndarray) -> float:
    """Return the cross-entropy on the training pictures; NaN or infinite for weights that blew up."""
    with np.errstate(all="ignore"):
        logits = (
            _features(inputs["pictures"], weights) @ head[:-_CLASSES].reshape(CHANNELS, _CLASSES) + head[-_CLASSES:]
        )
        logits = logits - logits.max(axis=1, keepdims=True)
        of_label = logits[np.arange(_PICTURES), inputs["labels"]]
        return float((np.log(np.exp(logits).sum(axis=1)) - of_label).mean())


@cached_by_inputs
def _fitted_loss(inputs: Inputs) -> float:
    """Return the cross-entropy of a head that is fitted to the features of the backbone as it was given."""
    from sklearn.linear_model import LogisticRegression

    features = _features(inputs["pictures"], inputs["weights"])
    fitted = LogisticRegression().fit(features, inputs["labels"])
    right = fitted.predict_proba(features)[np.arange(_PICTURES), inputs["labels"]]
    return float(-np.log(right).mean())


@cache
def _witness_class() -> type:
    """Return the class of the witness layer; made here because Keras is imported late."""
    import keras

    ops = keras.ops

    class Witness(keras.layers.Layer):
        """Passes its input on, and keeps the head as it was when it last saw the backbone unmoved."""

        def __init__(self, backbone: Any, head: Any, **options: Any) -> None:
            super().__init__(**options)
            self._weights_now = lambda: (backbone.weights, head.weights)  # no layers of its own
            self._start = [np.array(weight) for weight in backbone.weights]

        def build(self, input_shape: Any) -> None:
            self.head_before = self.add_weight(shape=(_HEAD,), initializer="zeros", trainable=False, name="head")
            self.built = True

        def call(self, inputs: Any) -> Any:
            backbone, head = self._weights_now()
            far = sum(ops.sum(ops.abs(w - was)) for w, was in zip(backbone, self._start, strict=True))
            now = ops.concatenate([ops.reshape(w, (-1,)) for w in head])
            self.head_before.assign(ops.where(far > 0, self.head_before, now))
            return inputs

    return Witness
