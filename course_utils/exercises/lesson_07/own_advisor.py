"""Exercise 07.e3: an advisor that beats the rule of thumb on situations that it has not seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_NAMES = ("features", "top block", "everything", "from scratch")
#: Accuracy in points: a base, more with a head start, more with every doubling of the labels, by strategy.
_WORLD = {
    "features": (0, 1.5, 1),
    "top block": (-10, 1.2, 6),
    "everything": (-40, 0.7, 13),
    "from scratch": (-110, 0, 21),
}
_DOUBLINGS, _HEAD_STARTS = (3, 5, 7, 9), (-20, 0, 20, 40, 60)
_INSIDE, _OUTSIDE = 24 + 4, 4  # of the first, four lie on the borders of what is known
_NONE = ""
_ENOUGH = 0.5  # of the rule's regret

_Cells = Sequence[Mapping[str, Any]]
_Situation = tuple[float, float]  # labels per class, head start in points


class OwnAdvisor(Exercise):
    """What the learner's advisor says in each situation: some like those that were measured, some like nothing."""

    id = "07.e3"
    points = 3
    fields = {"said": f"str[{_INSIDE + _OUTSIDE}]"}
    withheld = frozenset({"world"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        world = {name: [round(float(p * rng.uniform(0.95, 1.05)), 4) for p in _WORLD[name]] for name in _NAMES}
        cells = [
            {
                "labels": 2**doublings,
                "head_start": float(start + rng.integers(-4, 5)),
            }
            for doublings in _DOUBLINGS
            for start in _HEAD_STARTS
        ]
        for cell in cells:
            cell["regret"] = _regrets(world, (cell["labels"], cell["head_start"]))
        counts, starts = ([cell[column] for cell in cells] for column in ("labels", "head_start"))
        inside = [
            (round(float(2 ** rng.uniform(3, 9))), round(float(rng.uniform(-20, 60)), 1)) for _ in range(_INSIDE - 4)
        ]
        inside += [(min(counts) // 2, 20.0), (2 * max(counts), 20.0), (32, min(starts) - 10), (32, max(starts) + 10)]
        outside = [
            (min(counts) // 2 - 1, 20.0),
            (2 * max(counts) + int(rng.integers(1, 9)), 20.0),
            (32, min(starts) - 10.5),
            (32, max(starts) + 10.5),
        ]
        return {
            "world": world,
            "cells": [cells[i] for i in rng.permutation(len(cells))],
            "situations": [*inside, *outside],
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"said": [_read(call(answer, inputs["cells"], *situation)) for situation in inputs["situations"]]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        said, situations = data["said"].tolist(), [tuple(situation) for situation in inputs["situations"]]
        if unknown := next((name for name in said if name not in (*_NAMES, _NONE)), None):
            return wrong("not-a-strategy", name=unknown)
        inside = said[:_INSIDE]
        if set(said) == {_NONE}:
            return wrong("always-unknown")
        if _NONE in inside:
            labels, start = situations[inside.index(_NONE)]
            return wrong("unknown-inside", labels=labels, start=start)
        for code, rule in _RULES.items():
            if inside == [rule(inputs["cells"], situation) for situation in situations[:_INSIDE]]:
                return wrong(code)
        if len(set(inside)) == 1:
            return wrong("one-for-all", name=inside[0])
        own, thumb = (
            float(np.mean([_regrets(inputs["world"], s)[name] for s, name in zip(situations, names, strict=False)]))
            for names in (inside, [_rule_of_thumb(inputs["cells"], s) for s in situations[:_INSIDE]])
        )
        if own > _ENOUGH * thumb:
            return wrong("no-better", own=round(own, 1), thumb=round(thumb, 1))
        if any(said[_INSIDE:]):
            labels, start = next(s for s, name in zip(situations[_INSIDE:], said[_INSIDE:], strict=True) if name)
            return wrong("never-unknown", 2 / 3, labels=labels, start=start)
        return passed(own=round(own, 1), thumb=round(thumb, 1))


def _read(said: Any) -> str:
    if said is None:
        return _NONE
    if not isinstance(said, str):
        raise Unusable("wrong-kind", kind=kind(said), wanted="the name of a strategy, or `None`")
    return str(said)[:40] or "''"


def _regrets(world: Mapping[str, Sequence[float]], situation: _Situation) -> dict[str, float]:
    """Return how many points each strategy is behind the best one in a situation."""
    labels, start = situation
    scores = {
        name: base + by_start * start + by_doubling * np.log2(labels)
        for name, (base, by_start, by_doubling) in world.items()
    }
    return {name: round(float(max(scores.values()) - score), 2) for name, score in scores.items()}


def _rule_of_thumb(cells: _Cells, situation: _Situation) -> str:
    labels, _ = situation
    return "features" if labels <= 20 else "top block" if labels <= 100 else "everything"


def _least(cells: _Cells, apart: Callable[[Mapping[str, Any]], float]) -> str:
    """Return the best strategy of the nearest cell."""
    regret: dict[str, float] = min(cells, key=apart)["regret"]
    return min(regret, key=regret.__getitem__)


def _farthest(cells: _Cells, situation: _Situation) -> str:
    labels, start = situation
    return _least(cells, lambda c: -np.hypot(np.log2(c["labels"] / labels), (c["head_start"] - start) / 10))


def _most_regret(cells: _Cells, situation: _Situation) -> str:
    labels, start = situation
    near = min(cells, key=lambda c: np.hypot(np.log2(c["labels"] / labels), (c["head_start"] - start) / 10))
    regret: dict[str, float] = near["regret"]
    return max(regret, key=regret.__getitem__)


#: By code, ways to choose that the verdict names.
_RULES: Mapping[str, Callable[[_Cells, _Situation], str]] = {
    "rule-of-thumb": _rule_of_thumb,
    "labels-alone": lambda cells, s: _least(cells, lambda c: abs(float(np.log2(c["labels"] / s[0])))),
    "head-start-alone": lambda cells, s: _least(cells, lambda c: abs(c["head_start"] - s[1])),
    "most-regret": _most_regret,
    "farthest": _farthest,
}
