"""Exercise 05.e3: the L2-SP penalty."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.exercises import networks
from course_utils.learn.calling import Unusable, call, learners_code, number, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_CLASSES, _HEAD_STEP = 3, 2.0
_LEARNED = [part for part in networks.PARTS if part.what != "moving statistics"]  # what gradients train
_COUNT = sum(math.prod(part.shape) for part in _LEARNED)
_KERNELS = sum(math.prod(part.shape) for part in _LEARNED if part.path.endswith("kernel"))


class L2SPPenalty(Exercise):
    """The penalty at the start, after the backbone, the statistics and the head have moved, and at strength 0."""

    id = "05.e3"
    points = 3
    fields = {
        "start": "float",
        "moved": "float",
        "moved_at_strength_0": "float",
        "moved_back": "float",  # past the start
        "statistics_moved": "float",
        "head_moved": "float",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        return {
            "weights": networks.draw_weights(seed),
            "head": np.append(rng.normal(0, 0.4, networks.CHANNELS * _CLASSES), [0] * _CLASSES).astype(np.float32),
            "strength": round(float(rng.uniform(0.55, 0.95)), 3),  # at 0.5, 1 and 2 some mistakes give the same number
            "step": round(float(rng.uniform(0.1, 0.2)), 3),
            "step_back": round(float(rng.uniform(0.1, 0.2)), 3),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        import keras

        backbone = networks.build_backbone(inputs["weights"])
        pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
        model = keras.Model(
            backbone.input, keras.layers.Dense(_CLASSES, kernel_initializer="zeros", name="head")(pooled)
        )
        head = model.get_layer("head")
        kernel, bias = inputs["head"][:-_CLASSES].reshape(-1, _CLASSES), inputs["head"][-_CLASSES:]
        head.set_weights([kernel, bias])
        learned = list(backbone.trainable_variables)
        statistics = [v for v in backbone.weights if "moving" in v.path]

        penalty = _penalty(answer, model, inputs["strength"])
        without = _penalty(answer, model, 0.0)
        found = {"start": _value(penalty)}
        with _Moved(learned, inputs["step"]):
            found |= {"moved": _value(penalty), "moved_at_strength_0": _value(without)}
        with _Moved(learned, -inputs["step_back"]):
            found["moved_back"] = _value(penalty)
        with _Moved(statistics, inputs["step"]):
            found["statistics_moved"] = _value(penalty)
        with _Moved(list(head.trainable_variables), _HEAD_STEP):
            found["head_moved"] = _value(penalty)
        return found

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        if not _near(data["start"], 0):
            squares = sum(float((inputs["weights"][part.where].astype(float) ** 2).sum()) for part in _LEARNED)
            decay = inputs["strength"] / 2 * squares
            if _near(data["start"], decay) or _near(data["start"], 2 * decay):
                return wrong("weight-decay")
            return wrong("not-zero-at-start", found=data["start"])
        if not _near(data["head_moved"], 0):
            return wrong("head-held")
        if _near(data["moved"], 0):
            return wrong("live-variable")
        if not _near(data["statistics_moved"], 0):
            return wrong("statistics-held")
        if not _near(data["moved_at_strength_0"], 0):
            return wrong("not-zero-at-strength-0")
        forward = _Case(inputs["strength"], inputs["step"], data["moved"])
        back = _Case(inputs["strength"], -inputs["step_back"], data["moved_back"])
        if _near(forward.found, forward.wanted) and _near(back.found, back.wanted):
            return passed()
        code = _mistake(forward)
        if code:
            return wrong(code)
        case = back if _near(forward.found, forward.wanted) else forward
        return wrong(
            "another-penalty",
            count=_COUNT,
            step=case.step,
            strength=case.strength,
            wanted=case.wanted,
            found=case.found,
        )


class _Moved:
    """A block in which some variables are moved by a step."""

    def __init__(self, variables: list[Any], step: float) -> None:
        self.variables, self.step = variables, step

    def __enter__(self) -> None:
        self.before = [np.array(v) for v in self.variables]
        for v, was in zip(self.variables, self.before, strict=True):
            v.assign(was + np.float32(self.step))

    def __exit__(self, *error: object) -> None:
        for v, was in zip(self.variables, self.before, strict=True):
            v.assign(was)


def _penalty(answer: Callable[..., Any], model: Any, strength: float) -> Callable[[], Any]:
    penalty: object = call(answer, model, strength)
    require_something(penalty, "`penalty`, a function of no argument")
    if not callable(penalty):
        raise Unusable("computed-once", kind=kind(penalty))
    return penalty


def _value(penalty: Callable[[], Any]) -> float:
    with learners_code():
        value = penalty()
    if value is None:
        raise Unusable("penalty-gave-nothing")
    return number(value, "a function that gives one number")


class _Case(NamedTuple):
    """A penalty after every learned weight has moved by the same step."""

    strength: float
    step: float
    found: float

    @property
    def wanted(self) -> float:
        return self.strength / 2 * _COUNT * self.step**2


def _near(found: float, wanted: float) -> bool:
    return math.isclose(found, wanted, rel_tol=1e-4, abs_tol=1e-5)


def _mistake(case: _Case) -> str:
    """Return the code of a mistake in the formula; empty if it is not a known one."""
    (strength, step, found), wanted = case, case.wanted
    strengths = (strength, strength / 2)  # with and without the half
    known = {
        "twice-as-large": [2 * wanted],
        "not-squared": [factor * _COUNT * step for factor in strengths],
        "strength-ignored": [wanted / strength, 2 * wanted / strength],
        "means-for-sums": [factor * step**2 * count for factor in strengths for count in (1, len(_LEARNED))],
        "root-taken": [factor * step * math.sqrt(_COUNT) for factor in strengths],
        "kernels-only": [wanted * _KERNELS / _COUNT],
    }
    return next((code for code, values in known.items() if any(_near(found, value) for value in values)), "")
