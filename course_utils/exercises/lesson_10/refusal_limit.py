"""Exercise 10.e3: below which similarity should an assistant refuse to answer?"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import ndtri

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_VALIDATION, _NEW = (240, 160), (1200, 800)  # questions with evidence, and without
_APART = 1.7  # standard deviations between the two kinds of questions
_SLACK = 1.1  # times the lowest cost


class RefusalLimit(Exercise):
    """The limit that the learner chooses on validation questions, judged by what it costs on new ones."""

    id = "10.e3"
    points = 3
    fields = {"limit": "float"}
    withheld = frozenset({"new_scores", "new_evidence"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        # Another index has other similarities: no limit from elsewhere is of use.
        middle, spread = rng.uniform(0.2, 0.6), rng.uniform(0.03, 0.1)
        scores, evidence = _questions(rng, _VALIDATION, middle, spread)
        new_scores, new_evidence = _questions(rng, _NEW, middle, spread)
        return {
            "scores": scores,
            "has_evidence": evidence,
            "price": int(rng.integers(8, 13)),
            "new_scores": new_scores,
            "new_evidence": new_evidence,
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        found = call(answer, inputs["scores"], inputs["has_evidence"], inputs["price"])
        require_something(found, "a number")
        with learners_code():
            array = np.asarray(found, dtype=float)
        if array.size != 1 or np.isnan(array).any():
            raise Unusable("not-a-number")
        return {"limit": float(np.clip(array.item(), -1e9, 1e9))}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        limit, price = data["limit"], inputs["price"]
        scores, evidence = inputs["new_scores"], inputs["new_evidence"]
        if not np.isfinite(limit):
            return wrong("not-a-number")
        cost, lowest = _cost(limit, scores, evidence, price), _lowest(scores, evidence, price)
        parameters = {"cost": cost, "lowest": lowest, "price": price}
        if cost <= _SLACK * lowest:
            return passed(**parameters)
        if limit <= inputs["scores"].min():
            return wrong("always-answers", **parameters)
        if limit > inputs["scores"].max():
            return wrong("always-refuses", **parameters)
        if _cost(limit, scores, evidence, 1) <= _SLACK * _lowest(scores, evidence, 1):
            return wrong("price-ignored", 0.5, **parameters)
        if _cost(limit, scores, evidence, 1 / price) <= _SLACK * _lowest(scores, evidence, 1 / price):
            return wrong("price-turned-round", **parameters)
        return wrong("too-bold" if limit < _best(scores, evidence, price) else "too-timid", **parameters)


def _questions(
    rng: np.random.Generator, counts: tuple[int, int], middle: float, spread: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return similarities, spread evenly over two bell curves, and whether there is evidence, in a mixed order."""
    curves = [
        middle + spread * (sign * _APART / 2 + ndtri((np.arange(count) + rng.uniform(0.3, 0.7)) / count))
        for sign, count in zip((1, -1), counts, strict=True)
    ]
    evidence = np.repeat([True, False], counts)
    order = rng.permutation(len(evidence))
    return np.concatenate(curves)[order], evidence[order]


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
