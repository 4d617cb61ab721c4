"""Exercise 03.e1: thaw the top blocks, keep BatchNorm frozen, and say what became trainable."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Unusable, Verdict, call, learners_code
from course_utils.learn.exercises.returned import RIGHT, WRONG

_BLOCKS = 3
_SIDE = 8


def network() -> Any:
    """A functional keras.Model of three blocks, each with a convolution, BatchNorm and ReLU."""
    import keras

    layers = keras.layers
    x = inputs = keras.Input((_SIDE, _SIDE, 3))
    for number in range(1, _BLOCKS + 1):
        x = layers.Conv2D(4, 3, padding="same", name=f"block{number}_conv")(x)
        x = layers.BatchNormalization(name=f"block{number}_norm")(x)
        x = layers.ReLU(name=f"block{number}_relu")(x)
    return keras.Model(inputs, x, name="three_blocks")


def evidence(unfreeze: Callable[..., Any]) -> Evidence:
    """For several k, on a frozen and on a thawed network: what can be trained, what was returned, what moved."""
    cases = [_case(unfreeze, k, frozen) for frozen, k in ((True, 2), (False, 1), (True, 0), (True, _BLOCKS))]
    return {"cases": cases, "moved": _moved_by_a_step(unfreeze)}


def _case(unfreeze: Callable[..., Any], k: int, frozen: bool) -> Evidence:
    backbone = network()
    backbone.trainable = not frozen
    returned = call(unfreeze, backbone, k)
    if isinstance(returned, str) or not isinstance(returned, Iterable):
        kind = "nothing" if returned is None else f"a {type(returned).__name__}"
        raise Unusable(f"Your function gave back {kind}; it should be a list of the names of layers.")
    return {
        "k": k,
        "frozen": frozen,
        "returned": [str(getattr(name, "name", name)) for name in returned],
        "whole_trainable": bool(backbone.trainable),
        "switched_on": [layer.name for layer in backbone.layers if layer.weights and layer.trainable],
        "trainable": sorted({w.path.split("/")[-2] for w in backbone.trainable_weights}),
    }


def _moved_by_a_step(unfreeze: Callable[..., Any]) -> list[str]:
    """The layers whose weights differ after one training step with k = 2; moving statistics count."""
    import keras

    backbone = network()
    backbone.trainable = False
    call(unfreeze, backbone, 2)
    model = keras.Sequential([backbone, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss, run_eagerly=True)
    before = [keras.ops.convert_to_numpy(w).copy() for w in backbone.weights]
    rng = np.random.default_rng(0)
    with learners_code():
        model.train_on_batch(rng.normal(3, 2, (8, _SIDE, _SIDE, 3)).astype("float32"), np.arange(8) % 2)
    pairs = zip(backbone.weights, before, strict=True)
    return sorted({w.path.split("/")[-2] for w, was in pairs if not np.array_equal(was, keras.ops.convert_to_numpy(w))})


def verdict(evidence: Evidence) -> Verdict:
    for case in evidence["cases"]:
        message = _wrong(case)
        if message:
            return Verdict(WRONG, message)
    if any("norm" in name for name in evidence["moved"]):
        return Verdict(WRONG, "One training step moved BatchNorm's statistics. Freeze every BatchNorm layer itself.")
    if evidence["moved"] != _wanted(2):
        words = f"After one step with k=2, {', '.join(evidence['moved']) or 'nothing'} had changed."
        return Verdict(WRONG, f"{words} It should be {' and '.join(_wanted(2))}.")
    return Verdict(RIGHT, "The top blocks learn, the others and every BatchNorm layer stay, whatever they were before.")


def _wanted(k: int) -> list[str]:
    return [f"block{number}_conv" for number in range(_BLOCKS - k + 1, _BLOCKS + 1)]


def _wrong(case: Evidence) -> str:
    k, trainable, wanted = case["k"], case["trainable"], _wanted(case["k"])
    state = "frozen" if case["frozen"] else "thawed"
    convolutions = [name for name in trainable if "norm" not in name]
    if k and not trainable and not case["whole_trainable"] and case["switched_on"]:
        return (
            "The layers are switched on, but `backbone.trainable` is still False, and nothing inside a frozen model"
            " trains. Begin with `backbone.trainable = True`."
        )
    if any("norm" in name for name in trainable):
        return (
            "BatchNorm layers became trainable, so their moving statistics will move. Leave every BatchNorm layer"
            " frozen: `isinstance(layer, keras.layers.BatchNormalization)`."
        )
    if k == 0 and convolutions:
        return (
            f"With k=0 nothing should train, but {', '.join(convolutions)} would. A slice such as `list[-0:]` is the"
            " whole list."
        )
    if convolutions == [f"block{number}_conv" for number in range(1, k + 1)] and convolutions != wanted:
        return "Those are the blocks nearest the input. The top blocks are the last ones, nearest the output."
    if not case["frozen"] and set(convolutions) > set(wanted):
        return (
            "On a thawed network the lower blocks stayed trainable. Say of every layer what it shall be: the others"
            " must be frozen."
        )
    if convolutions != wanted:
        found = ", ".join(convolutions) or "nothing"
        return (
            f"On a {state} network with k={k}, {found} can be trained; it should be {', '.join(wanted) or 'nothing'}."
        )
    if any(name.startswith("block") and "_" not in name for name in case["returned"]):
        return "You gave back names of blocks. Give back names of layers, such as `block3_conv`."
    if any("relu" in name or "norm" in name for name in case["returned"]):
        return (
            f"With k={k} you gave back {', '.join(case['returned'])}. Name only layers that are trainable and have"
            " weights: `layer.trainable_weights` is empty for the others."
        )
    if sorted(case["returned"]) != wanted:
        found = ", ".join(case["returned"]) or "nothing"
        return f"With k={k} you gave back {found}, but what can be trained is {', '.join(wanted) or 'nothing'}."
    return ""
