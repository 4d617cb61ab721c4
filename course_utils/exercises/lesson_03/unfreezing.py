"""Exercise 03.e1: unfreeze the top blocks, keep BatchNorm frozen, and say what became trainable."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises import flat_weights
from course_utils.exercises.caching import cached_by_inputs
from course_utils.exercises.lesson_03 import block_network
from course_utils.exercises.lesson_03.block_network import CHANNELS, SIDE
from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data, bounded
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_PICTURES, _CLASSES = 8, 2
_CASES = ((True, 2), (False, 1), (True, 0), (True, 3))  # frozen before, k
_NAMES = "a list of the names of layers"


class Unfreezing(Exercise):
    """For several k, on a frozen and on a trainable network: what can be trained, and the weights after one step."""

    id = "03.e1"
    points = 3
    fields = {
        "after": f"float[{len(_CASES)},*]",
        "whole_trainable": f"bool[{len(_CASES)}]",
        "switched_on": f"bool[{len(_CASES)}]",
        **{f"returned {number}": "str[*]" for number in range(len(_CASES))},
        **{f"trainable {number}": "str[*]" for number in range(len(_CASES))},
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        blocks = 3 + seed % 3
        return {
            "blocks": blocks,
            "weights": block_network.draw_weights(rng, blocks),
            "head": np.append(rng.normal(0, 0.6, CHANNELS * _CLASSES), np.zeros(_CLASSES)).astype(np.float32),
            "pictures": rng.normal(3, 2, (_PICTURES, SIDE, SIDE, 3)).astype(np.float32),
            "labels": rng.permutation(np.arange(_PICTURES) % _CLASSES),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        found: Data = {"after": [], "whole_trainable": [], "switched_on": []}
        for number, (frozen, k) in enumerate(_CASES):
            backbone = block_network.build(inputs["weights"], inputs["blocks"])
            backbone.trainable = not frozen
            found[f"returned {number}"] = _names(call(answer, backbone, k))
            found[f"trainable {number}"] = sorted({w.path.split("/")[-2] for w in backbone.trainable_weights})
            found["whole_trainable"].append(bool(backbone.trainable))
            found["switched_on"].append(any(layer.weights and layer.trainable for layer in backbone.layers))
            with learners_code():
                found["after"].append(_after_a_step(backbone, inputs))
        return found

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        cases = [_case(number, inputs, data) for number in range(len(_CASES))]
        return (
            _first(_wrong_flags, cases)
            or _first(_wrong_weights, cases)
            or _wrong_steps(cases, inputs, data)
            or _first(_wrong_names, cases)
            or passed()
        )


class _Case(NamedTuple):
    """What was asked for, and what was done: by the weights, by the layers' flags, and by the names returned."""

    k: int
    frozen: bool
    wanted: list[str]
    moved: list[str]
    trainable: list[str]
    returned: list[str]
    whole_still_frozen: bool


def _case(number: int, inputs: Inputs, data: Data) -> _Case:
    frozen, k = _CASES[number]
    before, after, count = inputs["weights"], data["after"][number], inputs["blocks"]
    known = after.shape == before.shape
    return _Case(
        k,
        frozen,
        [f"block{block}_conv" for block in range(count - k + 1, count + 1)],
        [
            name
            for name, at in block_network.places(count).items()
            if not known or not np.array_equal(before[at], after[at])
        ],
        data[f"trainable {number}"].tolist(),
        data[f"returned {number}"].tolist(),
        bool(data["switched_on"][number] and not data["whole_trainable"][number]),
    )


def _first(judge: Callable[[_Case], Verdict | None], cases: list[_Case]) -> Verdict | None:
    return next(filter(None, map(judge, cases)), None)


def _wrong_flags(case: _Case) -> Verdict | None:
    """Judge the layers that the network calls trainable; None if they are right."""
    k, trainable, wanted = case.k, case.trainable, case.wanted
    convolutions = [name for name in trainable if "norm" not in name]
    if k and not trainable and case.whole_still_frozen:
        return wrong("whole-model-frozen")
    if any("norm" in name for name in trainable):
        return wrong("batchnorm-unfrozen")
    if k == 0 and convolutions:
        return wrong("whole-list-for-none", found=_listed(convolutions))
    if convolutions == [f"block{number}_conv" for number in range(1, k + 1)] and convolutions != wanted:
        return wrong("bottom-blocks")
    if not case.frozen and set(convolutions) > set(wanted):
        return wrong("lower-blocks-stay-trainable")
    if convolutions != wanted:
        state = "frozen" if case.frozen else "trainable"
        return wrong("other-layers", state=state, k=k, found=_listed(convolutions), wanted=_listed(wanted))
    return None


def _wrong_weights(case: _Case) -> Verdict | None:
    """Judge the layers that a step has changed; None if they are right."""
    if any("norm" in name for name in case.moved):
        return wrong("batchnorm-statistics-moved")
    if case.moved != case.wanted:
        wanted = " and ".join(case.wanted) or "nothing"
        return wrong("other-layers-moved", k=case.k, found=_listed(case.moved), wanted=wanted)
    return None


def _wrong_steps(cases: list[_Case], inputs: Inputs, data: Data) -> Verdict | None:
    """Judge whether the weights are those that a step leads to: otherwise the given network was never trained."""
    step = _right_step(inputs)
    places = block_network.places(inputs["blocks"])
    for number, case in enumerate(cases):
        for at in map(places.__getitem__, case.moved):
            with np.errstate(all="ignore"):  # forged weights may be anything
                off = np.linalg.norm(data["after"][number, at] - inputs["weights"][at] - step[at])
            if not off < 0.05 * np.linalg.norm(step[at]):
                return wrong("another-step", k=case.k)
    return None


def _wrong_names(case: _Case) -> Verdict | None:
    """Judge the names that were returned; None if they are right."""
    names, k = case.returned, case.k
    if any(name.startswith("block") and "_" not in name for name in names):
        return wrong("names-of-blocks", 2 / 3)
    if any("relu" in name or "norm" in name for name in names):
        return wrong("names-without-weights", 2 / 3, k=k, found=_listed(names))
    if sorted(names) != case.wanted:
        return wrong("other-names", 2 / 3, k=k, found=_listed(names), wanted=_listed(case.wanted))
    return None


def _listed(names: list[str]) -> str:
    return bounded(", ".join(names)) or "nothing"


def _names(returned: Any) -> list[str]:
    """Return what the learner returned, as texts."""
    require_something(returned, _NAMES)
    if isinstance(returned, str) or not isinstance(returned, Iterable):
        raise Unusable("wrong-kind", kind=kind(returned), wanted=_NAMES)
    with learners_code():
        return [bounded(getattr(name, "name", name)) for name in itertools.islice(returned, 100)]


@cached_by_inputs
def _right_step(inputs: Inputs) -> np.ndarray:
    """Return how far one step moves each weight of the convolutions, whichever other layers are trained."""
    backbone = block_network.build(inputs["weights"], inputs["blocks"])
    for layer in backbone.layers:
        layer.trainable = "norm" not in layer.name
    step: np.ndarray = _after_a_step(backbone, inputs) - inputs["weights"]
    return step


def _after_a_step(backbone: Any, inputs: Inputs) -> np.ndarray:
    """Return the backbone's weights, moving statistics included, after one training step under a fixed head."""
    import keras

    layers = keras.layers
    head = layers.Dense(_CLASSES, kernel_initializer="zeros")
    model = keras.Sequential([keras.Input((SIDE, SIDE, 3)), backbone, layers.GlobalAveragePooling2D(), head])
    flat_weights.assign(head.weights, inputs["head"])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.5), loss, run_eagerly=True)
    model.train_on_batch(inputs["pictures"], inputs["labels"])
    return flat_weights.read(backbone.weights)
