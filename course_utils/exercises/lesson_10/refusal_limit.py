"""Exercise 10.e3: below which similarity should an assistant refuse to answer?"""

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_VALIDATION, _NEW = (240, 160), (1200, 800)  # questions with evidence, and without
_APART = 1.7  # standard deviations between the two kinds of questions
_SLACK = 1.1  # times the lowest cost
_POWERS = (0, 1, -1)  # of ten: what the similarities are multiplied by
_INDEXES = len(_POWERS)


class RefusalLimit(Exercise):
    """The limits that the learner chooses on validation questions of several indexes, by what they cost on new ones."""

    id = "10.e3"
    points = 3
    fields = {"limits": f"float[{_INDEXES}]"}
    withheld = frozenset({"new"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        # Each index has other similarities: no limit from elsewhere is of use.
        scales = [(rng.uniform(0.2, 0.6) * 10.0**power, rng.uniform(0.03, 0.1) * 10.0**power) for power in _POWERS]
        return {
            "validation": [_questions(rng, _VALIDATION, *scale) for scale in scales],
            "prices": [int(price) for price in rng.integers(8, 13, _INDEXES)],
            "new": [_questions(rng, _NEW, *scale) for scale in scales],
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        limits = []
        for shown, price in zip(inputs["validation"], inputs["prices"], strict=True):
            found = call(answer, shown["scores"], shown["has_evidence"], price)
            require_something(found, "a number")
            with learners_code():
                array = np.asarray(found, dtype=float)
            if array.size != 1 or np.isnan(array).any():
                raise Unusable("not-a-number")
            limits.append(float(np.clip(array.item(), -1e9, 1e9)))
        return {"limits": np.array(limits)}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        verdicts = [
            _judged(float(limit), price, shown["scores"], new["scores"], new["has_evidence"])
            for limit, price, shown, new in zip(
                data["limits"], inputs["prices"], inputs["validation"], inputs["new"], strict=True
            )
        ]
        return min(verdicts, key=lambda verdict: verdict.share)


def _judged(limit: float, price: int, shown: np.ndarray, scores: np.ndarray, evidence: np.ndarray) -> Verdict:
    """Judge a limit of one index; ``shown`` are the validation questions' scores, the others are those of new ones."""
    if not np.isfinite(limit):
        return wrong("not-a-number")
    cost, lowest = _cost(limit, scores, evidence, price), _lowest(scores, evidence, price)
    parameters = {"cost": cost, "lowest": lowest, "price": price}
    if cost <= _SLACK * lowest:
        return passed(**parameters)
    if limit <= shown.min():
        return wrong("always-answers", **parameters)
    if limit > shown.max():
        return wrong("always-refuses", **parameters)
    if _cost(limit, scores, evidence, 1) <= _SLACK * _lowest(scores, evidence, 1):
        return wrong("price-ignored", 0.5, **parameters)
    if _cost(limit, scores, evidence, 1 / price) <= _SLACK * _lowest(scores, evidence, 1 / price):
        return wrong("price-turned-round", **parameters)
    return wrong("too-bold" if limit < _best(scores, evidence, price) else "too-timid", **parameters)


def _questions(
    rng: np.random.Generator, counts: tuple[int, int], middle: float, spread: float
) -> dict[str, np.ndarray]:
    """Return similarities, spread evenly over two bell curves, and whether there is evidence, in a mixed order."""
    bell = np.vectorize(NormalDist().inv_cdf)
    curves = [
        middle + spread * (sign * _APART / 2 + bell((np.arange(count) + rng.uniform(0.3, 0.7)) / count))
        for sign, count in zip((1, -1), counts, strict=True)
    ]
    evidence = np.repeat([True, False], counts)
    order = rng.permutation(len(evidence))
    return {"scores": np.concatenate(curves)[order], "has_evidence": evidence[order]}


def _cost(limit: float, scores: np.ndarray, evidence: np.ndarray, price: float) -> float:
    """Return the cost of a hundred questions: a refusal without need costs 1, an answer without evidence the price."""
    answered = scores >= limit
    return float(100 * (price * (answered & ~evidence) + (~answered & evidence)).mean())


def _best(scores: np.ndarray, evidence: np.ndarray, price: float) -> float:
    """Return the limit with the lowest cost."""
    order = np.argsort(scores)
    # With the limit at each score: those below are refused, the others answered.
    refused = np.concatenate([[0], np.cumsum(evidence[order])[:-1]])
    answered = np.cumsum(~evidence[order][::-1])[::-1]
    return float(scores[order][np.argmin(refused + price * answered)])


def _lowest(scores: np.ndarray, evidence: np.ndarray, price: float) -> float:
    return _cost(_best(scores, evidence, price), scores, evidence, price)
