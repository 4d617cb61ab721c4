"""Exercise 03.e2: a callback that lets the backbone learn at a different speed from the head."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np

from course_utils.exercises.caching import cached_by_inputs
from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_FACTORS = (0.1, 0.0, 1.0)
_BATCHES, _SIZE = 3, 8
_SHAPES = ((4, 6), (6,), (6, 2), (2,))  # of the weights: backbone, then head
_BACKBONE, _HEAD = 30, 14  # how many numbers each has
_CALLBACK = "a `keras.callbacks.Callback`"


class TwoSpeeds(Exercise):
    """The weights of backbone and head after training with the learner's callback, for each factor."""

    id = "03.e2"
    points = 3
    fields = {"backbone": f"float[{len(_FACTORS)},{_BACKBONE}]", "head": f"float[{len(_FACTORS)},{_HEAD}]"}

    def challenge(self, seed: int) -> Inputs:
        weights, data = np.random.default_rng(seed), np.random.default_rng(seed + 1)
        return {
            "weights": [weights.normal(0, 0.6, shape).astype(np.float32) for shape in _SHAPES],
            "rows": data.normal(size=(_BATCHES * _SIZE, 4)).astype(np.float32),
            "labels": data.integers(0, 2, _BATCHES * _SIZE),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        import keras

        found = []
        for factor in _FACTORS:
            model = _model(inputs)
            callback = call(answer, model.layers[0], factor)
            require_something(callback, _CALLBACK)
            if isinstance(callback, type):
                raise Unusable("class-itself")
            if not isinstance(callback, keras.callbacks.Callback):
                raise Unusable("wrong-kind", kind=kind(callback), wanted=_CALLBACK)
            with learners_code():
                model.fit(
                    inputs["rows"],
                    inputs["labels"],
                    batch_size=_SIZE,
                    shuffle=False,
                    verbose=0,
                    callbacks=[callback],
                )
            found.append(_read(model))
        return {"backbone": [weights.backbone for weights in found], "head": [weights.head for weights in found]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        every = [_Weights(*pair) for pair in zip(data["backbone"], data["head"], strict=True)]
        factor, found = _FACTORS[0], every[0]
        wanted = [_reference(inputs, f) for f in _FACTORS]
        right = [_same(f, w) for f, w in zip(every, wanted, strict=True)]
        if all(right):
            return passed()
        if _same(found, wanted[_FACTORS.index(1.0)]):
            return wrong("full-speed", factor=factor)
        start = _start(inputs)
        if np.allclose(found.backbone, start.backbone) and not np.allclose(found.head, start.head):
            return wrong("backbone-frozen", factor=factor)
        if _same(found, _reference(inputs, factor, once_an_epoch=True)):
            return wrong("once-an-epoch")
        if _same(found, _reference(inputs, factor, "everything")):
            return wrong("head-slowed-too")
        if _same(found, _reference(inputs, factor, "head")):
            return wrong("head-slowed")
        if _same(found, _reference(inputs, 1 - factor)):
            return wrong("upside-down", factor=factor, kept=1 - factor)
        with np.errstate(all="ignore"):  # weights may have blown up
            if np.linalg.norm(found.backbone) < 0.5 * np.linalg.norm(start.backbone):
                return wrong("weights-scaled")
            off = right.index(False)
            far = max(float(np.abs(f - w).max()) for f, w in zip(every[off], wanted[off], strict=True))
        return wrong("other-weights", factor=_FACTORS[off], far=far)


class _Weights(NamedTuple):
    backbone: np.ndarray
    head: np.ndarray


def _model(inputs: Inputs) -> Any:
    """Build a backbone of one layer and a head, with the same weights every time. Nothing is drawn."""
    import keras

    layers = keras.layers
    rows = keras.Input((4,))
    hidden = layers.Dense(6, activation="tanh", kernel_initializer="zeros", name="block1_dense")(rows)
    backbone = keras.Model(rows, hidden, name="backbone")
    head = layers.Dense(2, activation="softmax", kernel_initializer="zeros", name="head")
    model = keras.Sequential([backbone, head])
    model.set_weights(inputs["weights"])
    model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", run_eagerly=True)
    return model


def _read(model: Any) -> _Weights:
    backbone, head = (np.concatenate([np.ravel(w) for w in layer.get_weights()]) for layer in model.layers)
    return _Weights(backbone, head)


def _start(inputs: Inputs) -> _Weights:
    weights = [weight.ravel() for weight in inputs["weights"]]
    return _Weights(np.concatenate(weights[:2]), np.concatenate(weights[2:]))


@cached_by_inputs
def _reference(
    inputs: Inputs,
    factor: float,
    scaled: Literal["backbone", "everything", "head"] = "backbone",
    *,
    once_an_epoch: bool = False,
) -> _Weights:
    """Return the weights after the same training, with the steps scaled by a loop here."""
    model = _model(inputs)
    which = {"backbone": model.layers[0], "everything": model, "head": model.layers[-1]}[scaled]

    def scale(before: list[np.ndarray]) -> None:
        which.set_weights([b + factor * (a - b) for b, a in zip(before, which.get_weights(), strict=True)])

    start = which.get_weights()
    for first in range(0, len(inputs["labels"]), _SIZE):
        batch = slice(first, first + _SIZE)
        before = which.get_weights()
        model.train_on_batch(inputs["rows"][batch], inputs["labels"][batch])
        if not once_an_epoch:
            scale(before)
    if once_an_epoch:
        scale(start)
    return _read(model)


def _same(one: _Weights, other: _Weights) -> bool:
    return all(np.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in zip(one, other, strict=True))
