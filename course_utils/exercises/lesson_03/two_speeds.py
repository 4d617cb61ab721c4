"""Exercise 03.e2: a callback that lets the backbone learn at another speed than the head."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call, learners_code
from course_utils.learn.wording import kind

_FACTORS = (0.1, 0.0, 1.0)
_BATCHES, _SIZE = 3, 8
FIELDS = {"backbone": f"float[{len(_FACTORS)},30]", "head": f"float[{len(_FACTORS)},14]"}


def _model(seed: int) -> tuple[Any, Any]:
    """A backbone of one layer and a head, with the same weights every time."""
    import keras

    layers = keras.layers
    inputs = keras.Input((4,))
    backbone = keras.Model(inputs, layers.Dense(6, activation="tanh", name="block1_dense")(inputs), name="backbone")
    model = keras.Sequential([backbone, layers.Dense(2, activation="softmax", name="head")])
    rng = np.random.default_rng(seed)
    model.set_weights([rng.normal(0, 0.6, w.shape).astype("float32") for w in model.weights])
    model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", run_eagerly=True)
    return model, backbone


def _data(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed + 1)
    return rng.normal(size=(_BATCHES * _SIZE, 4)).astype("float32"), rng.integers(0, 2, _BATCHES * _SIZE)


class _Weights(NamedTuple):
    backbone: np.ndarray
    head: np.ndarray


@cache
def _reference(seed: int, factor: float, scaled: str = "backbone", *, once_an_epoch: bool = False) -> _Weights:
    """The weights after the same training, with the steps scaled by our own loop."""
    model, backbone = _model(seed)
    pictures, labels = _data(seed)
    which = {"backbone": backbone, "everything": model, "head": model.layers[-1]}[scaled]

    def scale(before: list[np.ndarray]) -> None:
        which.set_weights([b + factor * (a - b) for b, a in zip(before, which.get_weights(), strict=True)])

    start = which.get_weights()
    for first in range(0, len(labels), _SIZE):
        before = which.get_weights()
        model.train_on_batch(pictures[first : first + _SIZE], labels[first : first + _SIZE])
        if not once_an_epoch:
            scale(before)
    if once_an_epoch:
        scale(start)
    return _read(model)


@cache
def _start(seed: int) -> _Weights:
    return _read(_model(seed)[0])


def _read(model: Any) -> _Weights:
    backbone, head = (np.concatenate([np.ravel(w) for w in layer.get_weights()]) for layer in model.layers)
    return _Weights(backbone, head)


def evidence(two_speeds: Callable[..., Any], seed: int) -> Evidence:
    """The weights of backbone and head after training with the learner's callback, for each factor."""
    import keras

    found = []
    pictures, labels = _data(seed)
    for factor in _FACTORS:
        model, backbone = _model(seed)
        callback = call(two_speeds, backbone, factor)
        if isinstance(callback, type):
            raise Unusable(
                "Your function gave back the class itself. Put brackets after its name: that makes an object."
            )
        if not isinstance(callback, keras.callbacks.Callback):
            raise Unusable(f"Your function gave back {kind(callback)}; it should be a `keras.callbacks.Callback`.")
        with learners_code():
            model.fit(pictures, labels, batch_size=_SIZE, shuffle=False, verbose=0, callbacks=[callback])
        found.append(_read(model))
    return {"backbone": [weights.backbone for weights in found], "head": [weights.head for weights in found]}


def _same(one: _Weights, other: _Weights) -> bool:
    return all(np.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in zip(one, other, strict=True))


def verdict(evidence: Evidence, seed: int) -> Verdict:
    every = [_Weights(*pair) for pair in zip(evidence["backbone"], evidence["head"], strict=True)]
    factor, found = _FACTORS[0], every[0]
    wanted = [_reference(seed, f) for f in _FACTORS]
    right = [_same(f, w) for f, w in zip(every, wanted, strict=True)]
    if all(right):
        return Verdict(
            RIGHT, "After every batch the backbone has kept its share of the step, and the head all of its own."
        )
    if _same(found, _reference(seed, 1.0)):
        return Verdict(
            WRONG,
            f"With factor={factor} the backbone learned as fast as without your callback. Do the methods have the names"
            " that Keras calls, `on_train_batch_begin` and `on_train_batch_end`? Is `before` a *copy*? (The variables"
            " themselves change along.) And do you write back with `assign`?",
        )
    start = _start(seed)
    if np.allclose(found.backbone, start.backbone) and not np.allclose(found.head, start.head):
        return Verdict(
            WRONG,
            f"The backbone didn't move at all, but with factor={factor} it should keep a tenth of each step. A frozen"
            " backbone makes no steps to scale.",
        )
    if _same(found, _reference(seed, factor, once_an_epoch=True)):
        return Verdict(
            WRONG,
            "You scale the steps once an epoch. Then each batch sees a backbone that moved at full speed: do it after"
            " every batch.",
        )
    if _same(found, _reference(seed, factor, "everything")):
        return Verdict(WRONG, "The head was slowed down as well. Scale the backbone's weights only.")
    if _same(found, _reference(seed, factor, "head")):
        return Verdict(WRONG, "You slowed down the head. Scale the backbone's weights.")
    if _same(found, _reference(seed, 1 - factor)):
        return Verdict(
            WRONG,
            f"With factor={factor} the backbone kept {1 - factor:g} of each step."
            " Keep `before + factor * (after - before)`.",
        )
    if np.linalg.norm(found.backbone) < 0.5 * np.linalg.norm(start.backbone):
        return Verdict(
            WRONG,
            "The backbone's weights shrank towards 0: you scaled the weights. Scale the *step*,"
            " `before + factor * (after - before)`.",
        )
    off = right.index(False)
    far = max(float(np.abs(f - w).max()) for f, w in zip(every[off], wanted[off], strict=True))
    return Verdict(WRONG, f"With factor={_FACTORS[off]:g} some weights end {far:.2g} away from where they should be.")
