"""Exercise 09.e1: fold low-rank updates into kernels of several shapes."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

#: A dense layer, a convolution, and a projection of attention: inputs first, one column per output at the end.
_SHAPES = ((12, 7), (3, 3, 5, 8), (10, 4, 6))
_SIZE = sum(int(np.prod(shape)) for shape in _SHAPES)
_CLOSE = 1e-4


class MergedKernels(Exercise):
    """The learner's merged kernels, one after the other."""

    id = "09.e1"
    points = 2
    fields = {"merged": f"float[{_SIZE}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        ranks = rng.permutation([2, 3, 5]).tolist()
        return {
            "kernels": [rng.normal(size=shape) for shape in _SHAPES],
            "a": [rng.normal(size=(int(np.prod(shape[:-1])), r)) for shape, r in zip(_SHAPES, ranks, strict=True)],
            "b": [rng.normal(size=(r, shape[-1])) for shape, r in zip(_SHAPES, ranks, strict=True)],
            "alphas": rng.permutation([1.0, 7.0, 16.0]).tolist(),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"merged": np.concatenate([_merged(answer, *update) for update in _updates(inputs)])}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found = data["merged"]
        if not np.isfinite(found).all():
            return wrong("not-finite")
        for code, rule in _RULES.items():
            wanted = np.concatenate([np.ravel(rule(*update)) for update in _updates(inputs)])
            if np.allclose(found, wanted, rtol=_CLOSE, atol=_CLOSE):
                return wrong(code) if code else passed()
        return wrong("other-kernels")


def _updates(inputs: Inputs) -> list[tuple[np.ndarray, np.ndarray, np.ndarray, float]]:
    return list(zip(inputs["kernels"], inputs["a"], inputs["b"], inputs["alphas"], strict=True))


def _merged(answer: Callable[..., Any], kernel: np.ndarray, a: np.ndarray, b: np.ndarray, alpha: float) -> np.ndarray:
    found = call(answer, kernel, a, b, alpha)
    with learners_code():
        merged = np.asarray(found, dtype=float)
    if merged.shape != kernel.shape:
        raise Unusable("other-shape", found=str(merged.shape), wanted=str(kernel.shape))
    return np.ravel(merged)


def _with(scale: Callable[[float, int], float]) -> Callable[..., np.ndarray]:
    """Return the rule that adds the update at a scale, which depends on alpha and the rank."""
    return lambda kernel, a, b, alpha: kernel + scale(alpha, a.shape[1]) * (a @ b).reshape(kernel.shape)


#: By code, what each way to merge gives; the right one has none.
_RULES: Mapping[str, Callable[..., np.ndarray]] = {
    "": _with(lambda alpha, rank: alpha / rank),
    "no-scale": _with(lambda alpha, rank: 1.0),
    "alpha-alone": _with(lambda alpha, rank: alpha),
    "rank-alone": _with(lambda alpha, rank: 1 / rank),
    "turned-round": _with(lambda alpha, rank: rank / alpha),
    "taken-away": _with(lambda alpha, rank: -alpha / rank),
    "kernel-alone": _with(lambda alpha, rank: 0.0),
    "update-alone": lambda kernel, a, b, alpha: alpha / a.shape[1] * (a @ b).reshape(kernel.shape),
    "other-side": lambda kernel, a, b, alpha: kernel + alpha / a.shape[0] * (a @ b).reshape(kernel.shape),
}
