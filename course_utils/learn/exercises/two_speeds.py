"""Exercise 03.e2: a callback that lets the backbone learn at another speed than the head."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Unusable, Verdict, call, learners_code
from course_utils.learn.exercises.returned import RIGHT, WRONG

_FACTORS = (0.1, 0.0, 1.0)
_BATCHES, _EPOCHS, _SIZE = 3, 1, 8


def _model() -> tuple[Any, Any]:
    """A backbone of one layer and a head, with the same weights every time."""
    import keras

    layers = keras.layers
    inputs = keras.Input((4,))
    backbone = keras.Model(inputs, layers.Dense(6, activation="tanh", name="block1_dense")(inputs), name="backbone")
    model = keras.Sequential([backbone, layers.Dense(2, activation="softmax", name="head")])
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(0, 0.6, w.shape).astype("float32") for w in model.weights])
    model.compile(keras.optimizers.Adam(0.1), "sparse_categorical_crossentropy", run_eagerly=True)
    return model, backbone


def _data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.normal(size=(_BATCHES * _SIZE, 4)).astype("float32"), rng.integers(0, 2, _BATCHES * _SIZE)


@cache
def _reference(factor: float, *, once_an_epoch: bool = False, scaled: str = "backbone") -> list[list[float]]:
    """Weights of backbone and head after the same training, with the steps scaled by our own loop."""
    model, backbone = _model()
    pictures, labels = _data()
    which = {"backbone": backbone, "everything": model, "head": model.layers[-1]}[scaled]
    for _ in range(_EPOCHS):
        start = which.get_weights()
        for first in range(0, len(labels), _SIZE):
            before = which.get_weights()
            model.train_on_batch(pictures[first : first + _SIZE], labels[first : first + _SIZE])
            if not once_an_epoch:
                which.set_weights([b + factor * (a - b) for b, a in zip(before, which.get_weights(), strict=True)])
        if once_an_epoch:
            which.set_weights([b + factor * (a - b) for b, a in zip(start, which.get_weights(), strict=True)])
    return [_flat(backbone.weights), _flat(model.layers[-1].weights)]


def _flat(weights: list[Any]) -> list[float]:
    import keras

    return np.concatenate([np.ravel(keras.ops.convert_to_numpy(w)) for w in weights]).tolist()


def evidence(two_speeds: Callable[..., Any]) -> Evidence:
    """The weights after training with the learner's callback, and after our own loops, right and wrong."""
    import keras

    found = {}
    for factor in _FACTORS:
        model, backbone = _model()
        callback = call(two_speeds, backbone, factor)
        if not isinstance(callback, keras.callbacks.Callback):
            kind = "nothing" if callback is None else f"a {type(callback).__name__}"
            raise Unusable(f"Your function gave back {kind}; it should be a `keras.callbacks.Callback`.")
        pictures, labels = _data()
        with learners_code():
            model.fit(
                pictures, labels, batch_size=_SIZE, epochs=_EPOCHS, shuffle=False, verbose=0, callbacks=[callback]
            )
        found[factor] = [_flat(backbone.weights), _flat(model.layers[-1].weights)]
    half = _FACTORS[0]
    start_model, start_backbone = _model()
    evidence: Evidence = {
        "found": found,
        "wanted": {factor: _reference(factor) for factor in _FACTORS},
        "start": [_flat(start_backbone.weights), _flat(start_model.layers[-1].weights)],
        "mistakes": {},
    }
    if not _same(found[half], evidence["wanted"][half]):  # well-known mistakes cost time, and only these need them
        evidence["mistakes"] = {
            "once an epoch": _reference(half, once_an_epoch=True),
            "everything": _reference(half, scaled="everything"),
            "head": _reference(half, scaled="head"),
            "upside down": _reference(1 - half),
        }
    return evidence


def _same(one: list[list[float]], other: list[list[float]]) -> bool:
    return all(np.allclose(a, b, rtol=1e-3, atol=1e-5) for a, b in zip(one, other, strict=True))


def verdict(evidence: Evidence) -> Verdict:
    factor = _FACTORS[0]
    found, wanted = evidence["found"], evidence["wanted"]
    if all(_same(found[f], wanted[f]) for f in _FACTORS):
        return Verdict(
            RIGHT, "After every batch the backbone has kept its share of the step, and the head all of its own."
        )
    if _same(found[factor], wanted[1.0]):
        return Verdict(
            WRONG,
            f"With factor={factor} the backbone learned as fast as without your callback. Do the methods have the names"
            " that Keras calls, `on_train_batch_begin` and `on_train_batch_end`, and do you write back with `assign`?",
        )
    if np.allclose(found[factor][0], evidence["start"][0]) and not np.allclose(found[factor][1], evidence["start"][1]):
        return Verdict(
            WRONG,
            "The backbone didn't move at all. If `before` holds the variables themselves and not copies, it has changed"
            " with them; and a frozen backbone makes no steps to scale.",
        )
    messages = {
        "once an epoch": "You scale the steps once an epoch. Then each batch sees a backbone that moved at full speed:"
        " do it after every batch.",
        "everything": "The head was slowed down as well. Scale the backbone's weights only.",
        "head": "You slowed down the head. Scale the backbone's weights.",
        "upside down": f"With factor={factor} the backbone kept {1 - factor:g} of each step."
        " Keep `before + factor * (after - before)`.",
    }
    for name, message in messages.items():
        if name in evidence["mistakes"] and _same(found[factor], evidence["mistakes"][name]):
            return Verdict(WRONG, message)
    norm = float(np.linalg.norm(found[factor][0]) / np.linalg.norm(evidence["start"][0]))
    if norm < 0.5:
        return Verdict(
            WRONG,
            "The backbone's weights shrank towards 0: you scaled the weights. Scale the *step*,"
            " `before + factor * (after - before)`.",
        )
    off = next(f for f in _FACTORS if not _same(found[f], wanted[f]))
    far = float(np.abs(np.subtract(found[off][0], wanted[off][0])).max())
    return Verdict(WRONG, f"With factor={off:g} the backbone ends up to {far:.2g} away from where it should be.")
