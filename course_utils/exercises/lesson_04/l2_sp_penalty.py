"""Exercise 04.e3: the L2-SP penalty."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises import challenge
from course_utils.exercises.returned import RIGHT, WRONG, number
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call, learners_code
from course_utils.learn.wording import kind

_STEP, _HEAD_STEP = 0.125, 2.0
FIELDS = {
    "start": "float",
    "moved": "float",
    "strength 0": "float",
    "moved back past the start": "float",
    "statistics": "float",
    "head": "float",
}


class _Sizes(NamedTuple):
    """What the backbone holds that gradients train, and its squared weights at the start."""

    weights: int
    arrays: int
    kernels: int
    squares: float


def _strength(seed: int) -> float:
    return (0.3, 0.7, 1.1)[seed % 3]


@cache
def _sizes(seed: int) -> _Sizes:
    learned = challenge.backbone(seed).trainable_variables
    sizes = [int(np.prod(v.shape)) for v in learned]
    kernels = sum(n for n, v in zip(sizes, learned, strict=True) if "kernel" in v.path)
    return _Sizes(sum(sizes), len(sizes), kernels, float(sum((np.asarray(v) ** 2).sum() for v in learned)))


def evidence(l2_sp_penalty: Callable[..., Any], seed: int) -> Evidence:
    """The penalty at the start, after the backbone, the statistics and the head have moved, and at strength 0."""
    import keras

    backbone = challenge.backbone(seed)
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    model = keras.Model(backbone.input, keras.layers.Dense(3, name="head")(pooled))
    learned = list(backbone.trainable_variables)
    statistics = [v for v in backbone.weights if "moving" in v.path]
    head = model.get_layer("head").trainable_variables
    start = [np.asarray(v).copy() for v in learned]

    penalty = _penalty(l2_sp_penalty, model, _strength(seed))
    without = _penalty(l2_sp_penalty, model, 0.0)
    found: Evidence = {"start": _value(penalty)}
    for v in learned:
        v.assign_add(np.full(v.shape, _STEP, np.float32))
    found["moved"], found["strength 0"] = _value(penalty), _value(without)
    for v in learned:
        v.assign_add(np.full(v.shape, -2 * _STEP, np.float32))
    found["moved back past the start"] = _value(penalty)
    for v, was in zip(learned, start, strict=True):
        v.assign(was)
    for v in statistics:
        v.assign_add(np.full(v.shape, _STEP, np.float32))
    found["statistics"] = _value(penalty)
    for v in statistics:
        v.assign_add(np.full(v.shape, -_STEP, np.float32))
    for v in head:
        v.assign_add(np.full(v.shape, _HEAD_STEP, np.float32))
    found["head"] = _value(penalty)
    return found


def _penalty(l2_sp_penalty: Callable[..., Any], model: Any, strength: float) -> Callable[[], Any]:
    penalty = call(l2_sp_penalty, model, strength)
    if penalty is None:
        raise Unusable("Your function gave back nothing. End it with `return penalty`, a function of no argument.")
    if not callable(penalty):
        words = (
            f"Your function gave back {kind(penalty)}. A penalty computed once never changes: give back a *function* of"
            " no argument, which computes it anew in every step."
        )
        raise Unusable(words)
    return penalty


def _value(penalty: Callable[[], Any]) -> float:
    with learners_code():
        value = penalty()
    if value is None:
        raise Unusable("Your `penalty()` gave back nothing. End it with `return` and the sum.")
    return number(np.asarray(value), "a function that gives one number")


def verdict(evidence: Evidence, seed: int) -> Verdict:
    def near(found: float, wanted: float) -> bool:
        return math.isclose(found, wanted, rel_tol=1e-3, abs_tol=1e-5)

    (n, arrays, kernels, squares), strength = _sizes(seed), _strength(seed)
    moved, start = evidence["moved"], evidence["start"]
    wanted = strength / 2 * n * _STEP**2
    for factor in (0.5, 1.0):  # with and without the half
        if near(start, factor * strength * squares):
            words = (
                "Before any step your penalty isn't 0: it pulls every weight towards 0, which is weight decay. L2-SP"
                " pulls towards the *start*: `w - start`."
            )
            return Verdict(WRONG, words)
    if not near(start, 0):
        return Verdict(WRONG, f"Before any step nothing has moved, so the penalty must be 0; yours is {start:.4g}.")
    if near(moved, 0) and near(evidence["head"], 0):
        words = (
            "All weights of the backbone have moved and your penalty is still 0. The start has moved along: it is the"
            " live variable itself. Keep a copy of its numbers: `keras.ops.convert_to_numpy(w).copy()`."
        )
        return Verdict(WRONG, words)
    if not near(evidence["head"], 0):
        words = (
            "Only the head has moved, and your penalty grew. The new head has to learn from nothing, so nothing should"
            " hold it: take the backbone's weights only."
        )
        return Verdict(WRONG, words)
    if not near(evidence["statistics"], 0):
        words = (
            "BatchNorm's moving statistics have moved, and your penalty grew. No gradient reaches them, so a penalty"
            " on them does nothing but add to the loss: take the *trainable* weights."
        )
        return Verdict(WRONG, words)
    if not near(evidence["strength 0"], 0):
        return Verdict(WRONG, "With strength 0 your penalty isn't 0. Strength 0 must be plain fine-tuning.")
    back = evidence["moved back past the start"]
    if near(moved, wanted) and near(back, wanted):
        return Verdict(
            RIGHT,
            "Zero at the start, the same to both sides, nothing for the head, and strength 0 is plain fine-tuning.",
        )
    if near(moved, 2 * wanted):
        return Verdict(WRONG, "Your penalty is twice as large as the formula: it has a half in it, strength / 2.")
    linear = n * _STEP
    if any(near(moved, f * linear) for f in (strength, strength / 2)):
        words = (
            "Your penalty adds up the differences themselves, without squaring them. A step down would then cancel a"
            " step up, or every weight would be pulled with the same force however far it went."
        )
        return Verdict(WRONG, words)
    if near(moved, wanted / strength) or near(moved, 2 * wanted / strength):
        return Verdict(WRONG, "The strength makes no difference to your penalty. Multiply the sum by strength / 2.")
    if any(near(moved, f * _STEP**2 * count) for f in (strength, strength / 2) for count in (1, arrays)):
        words = (
            "Your penalty takes means where the formula has a sum. A mean makes the pull weaker the more weights a"
            " layer has: use `keras.ops.sum`."
        )
        return Verdict(WRONG, words)
    if any(near(moved, f * _STEP * math.sqrt(n)) for f in (strength, strength / 2)):
        return Verdict(WRONG, "That is the distance from the start. L2-SP takes its *square*: leave the root out.")
    if near(moved, wanted * kernels / n):
        words = "You hold the kernels only. Everything that gradients train in the backbone is pulled: BatchNorm's too."
        return Verdict(WRONG, words)
    words = (
        f"All {n} weights of the backbone moved by {_STEP}. At strength {strength} the penalty is {wanted:.4g}; yours"
        f" is {moved:.4g}."
    )
    return Verdict(WRONG, words)
