"""Exercise 09.e3: several adapters of one layer as a single one."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_INPUTS, _OUTPUTS = 14, 9
_RANKS = (2, 3, 1)
_TOGETHER = sum(_RANKS)
_CLOSE = 1e-4


class StackedAdapters(Exercise):
    """The learner's single adapter: what it adds to a kernel, and its rank."""

    id = "09.e3"
    points = 3
    fields = {"update": f"float[{_INPUTS},{_OUTPUTS}]", "rank": "int"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        ranks = rng.permutation(_RANKS).tolist()
        return {
            "a": [rng.normal(size=(_INPUTS, rank)) for rank in ranks],
            "b": [rng.normal(size=(rank, _OUTPUTS)) for rank in ranks],
            "alphas": rng.permutation([1.0, 4.0, 10.0]).tolist(),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        found = call(answer, _adapters(inputs))
        if not isinstance(found, tuple | list) or len(found) != 3:
            raise Unusable("not-three-things")
        with learners_code():
            a, b = (np.asarray(part, dtype=float) for part in found[:2])
        alpha = number(found[2], "a number for alpha")
        if a.ndim != 2 or b.ndim != 2 or (len(a), b.shape[1]) != (_INPUTS, _OUTPUTS) or a.shape[1] != len(b):
            raise Unusable("other-shapes", a=str(a.shape), b=str(b.shape))
        return {"update": alpha / a.shape[1] * (a @ b), "rank": a.shape[1]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found = data["update"]
        if not np.isfinite(found).all():
            return wrong("not-finite")
        parts = _adapters(inputs)
        for code, rule in _RULES.items():
            if np.allclose(found, rule(parts), rtol=_CLOSE, atol=_CLOSE):
                if code:
                    return wrong(code)
                return passed() if data["rank"] <= _TOGETHER else wrong("not-small", rank=data["rank"])
        return wrong("other-update")


_Adapter = tuple[np.ndarray, np.ndarray, float]


def _adapters(inputs: Inputs) -> list[_Adapter]:
    return list(zip(inputs["a"], inputs["b"], inputs["alphas"], strict=True))


def _sum(parts: list[_Adapter], scale: Callable[[float, int], float]) -> np.ndarray:
    added: np.ndarray = np.sum([scale(alpha, a.shape[1]) * (a @ b) for a, b, alpha in parts], axis=0)
    return added


#: By code, what each way to put them together adds to the kernel; the right one has none.
_RULES: Mapping[str, Callable[[list[_Adapter]], np.ndarray]] = {
    "": lambda parts: _sum(parts, lambda alpha, rank: alpha / rank),
    "averaged": lambda parts: _sum(parts, lambda alpha, rank: alpha / rank) / len(parts),
    "no-scale": lambda parts: _sum(parts, lambda alpha, rank: 1.0),
    "alpha-alone": lambda parts: _sum(parts, lambda alpha, rank: alpha),
    "over-the-new-rank": lambda parts: _sum(parts, lambda alpha, rank: alpha / _TOGETHER),
    "scale-lost": lambda parts: _sum(parts, lambda alpha, rank: 1 / _TOGETHER),
    "twice-over": lambda parts: _sum(parts, lambda alpha, rank: alpha / rank / _TOGETHER),
    "scaled-twice": lambda parts: _sum(parts, lambda alpha, rank: (alpha / rank) ** 2),
    "first-alone": lambda parts: _sum(parts[:1], lambda alpha, rank: alpha / rank),
    "last-alone": lambda parts: _sum(parts[-1:], lambda alpha, rank: alpha / rank),
}
