"""Exercise 03.e1: thaw the top blocks, keep BatchNorm frozen, and say what became trainable."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call, learners_code
from course_utils.learn.wording import kind

_SIDE = 8
_CASES = ((True, 2), (False, 1), (True, 0), (True, 3))  # frozen before, k
FIELDS = {
    "whole_trainable": f"bool[{len(_CASES)}]",
    "switched_on": f"bool[{len(_CASES)}]",
    "moved": "str[*]",
    **{f"returned {number}": "str[*]" for number in range(len(_CASES))},
    **{f"trainable {number}": "str[*]" for number in range(len(_CASES))},
}


def _block_count(seed: int) -> int:
    return 3 + seed % 3


def network(seed: int) -> Any:
    """A functional keras.Model of three blocks or more, each with a convolution, BatchNorm and ReLU."""
    import keras

    layers = keras.layers
    x = inputs = keras.Input((_SIDE, _SIDE, 3))
    for number in range(1, _block_count(seed) + 1):
        x = layers.Conv2D(4, 3, padding="same", name=f"block{number}_conv")(x)
        x = layers.BatchNormalization(name=f"block{number}_norm")(x)
        x = layers.ReLU(name=f"block{number}_relu")(x)
    return keras.Model(inputs, x, name="blocks")


def evidence(unfreeze: Callable[..., Any], seed: int) -> Evidence:
    """For several k, on a frozen and on a thawed network: what can be trained, what was returned, what moved."""
    found: Evidence = {"whole_trainable": [], "switched_on": [], "moved": _moved_by_a_step(unfreeze, seed)}
    for number, (frozen, k) in enumerate(_CASES):
        backbone = network(seed)
        backbone.trainable = not frozen
        found[f"returned {number}"] = _names(call(unfreeze, backbone, k))
        found[f"trainable {number}"] = sorted({w.path.split("/")[-2] for w in backbone.trainable_weights})
        found["whole_trainable"].append(bool(backbone.trainable))
        found["switched_on"].append(any(layer.weights and layer.trainable for layer in backbone.layers))
    return found


def _names(returned: Any) -> list[str]:
    if isinstance(returned, str) or not isinstance(returned, Iterable):
        raise Unusable(f"Your function gave back {kind(returned)}; it should be a list of the names of layers.")
    with learners_code():
        return [str(getattr(name, "name", name)) for name in itertools.islice(returned, 100)]


def _moved_by_a_step(unfreeze: Callable[..., Any], seed: int) -> list[str]:
    """The layers whose weights differ after one training step with k = 2; moving statistics count."""
    import keras

    backbone = network(seed)
    backbone.trainable = False
    call(unfreeze, backbone, 2)
    model = keras.Sequential([backbone, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss, run_eagerly=True)
    before = [keras.ops.convert_to_numpy(w).copy() for w in backbone.weights]
    rng = np.random.default_rng(seed)
    with learners_code():
        model.train_on_batch(rng.normal(3, 2, (8, _SIDE, _SIDE, 3)).astype("float32"), np.arange(8) % 2)
    pairs = zip(backbone.weights, before, strict=True)
    return sorted({w.path.split("/")[-2] for w, was in pairs if not np.array_equal(was, keras.ops.convert_to_numpy(w))})


def verdict(evidence: Evidence, seed: int) -> Verdict:
    cases = [
        _Case(
            k,
            frozen,
            [f"block{number}_conv" for number in range(_block_count(seed) - k + 1, _block_count(seed) + 1)],
            evidence[f"trainable {number}"].tolist(),
            evidence[f"returned {number}"].tolist(),
            evidence["switched_on"][number] and not evidence["whole_trainable"][number],
        )
        for number, (frozen, k) in enumerate(_CASES)
    ]
    for message in map(_wrong_layers, cases):
        if message:
            return Verdict(WRONG, message)
    moved, wanted = evidence["moved"].tolist(), cases[0].wanted
    if any("norm" in name for name in moved):
        return Verdict(WRONG, "One training step moved BatchNorm's statistics. Freeze every BatchNorm layer itself.")
    if moved != wanted:
        words = f"After one step with k=2, {', '.join(moved) or 'nothing'} had changed."
        return Verdict(WRONG, f"{words} It should be {' and '.join(wanted)}.")
    for message in map(_wrong_names, cases):
        if message:
            return Verdict(2 / 3, f"The right layers train. {message}")
    return Verdict(RIGHT, "The top blocks learn, the others and every BatchNorm layer stay, whatever they were before.")


class _Case(NamedTuple):
    k: int
    frozen: bool
    wanted: list[str]
    trainable: list[str]
    returned: list[str]
    whole_still_frozen: bool


def _wrong_layers(case: _Case) -> str:
    """What is wrong with the layers that train; empty when nothing is."""
    k, trainable, wanted = case.k, case.trainable, case.wanted
    convolutions = [name for name in trainable if "norm" not in name]
    if k and not trainable and case.whole_still_frozen:
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
    if not case.frozen and set(convolutions) > set(wanted):
        return (
            "On a thawed network the lower blocks stayed trainable. Say of every layer what it shall be: the others"
            " must be frozen."
        )
    if convolutions != wanted:
        state, found = "frozen" if case.frozen else "thawed", ", ".join(convolutions) or "nothing"
        return (
            f"On a {state} network with k={k}, {found} can be trained; it should be {', '.join(wanted) or 'nothing'}."
        )
    return ""


def _wrong_names(case: _Case) -> str:
    """What is wrong with the names that were given back; empty when nothing is."""
    names, found = case.returned, ", ".join(case.returned) or "nothing"
    if any(name.startswith("block") and "_" not in name for name in names):
        return "But you gave back names of blocks. Give back names of layers, such as `block3_conv`."
    if any("relu" in name or "norm" in name for name in names):
        return (
            f"But with k={case.k} you gave back {found}. Name only layers that are trainable and have weights:"
            " `layer.trainable_weights` is empty for the others."
        )
    if sorted(names) != case.wanted:
        wanted = ", ".join(case.wanted) or "nothing"
        return f"But with k={case.k} you gave back {found}, and what can be trained is {wanted}."
    return ""
