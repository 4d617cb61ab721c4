"""Exercise 05.e1: forgetting and backward transfer from an accuracy matrix."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_ = np.nan
_MATRICES = (
    [[0.90, _], [0.60, 0.80]],
    [[0.90, 0.15, 0.20], [0.94, 0.80, 0.25], [0.55, 0.65, 0.70]],  # the best comes after the diagonal
    [[0.95, _, _, _], [0.80, 0.85, _, _], [0.70, 0.75, 0.90, _], [0.40, 0.60, 0.65, 0.80]],
    [[0.60, 0.10, 0.10], [0.65, 0.70, 0.10], [0.75, 0.78, 0.66]],  # the old tasks get better
)
#: Mistakes that are made in both numbers, and those that are made in one of them.
_OF_BOTH = ("numbers-swapped", "percentages", "rows-and-columns-swapped", "first-task-only", "from-first-row")
_OF_FORGETTING = ("forgetting-from-diagonal", "best-includes-end", "last-task-in-mean")
_OF_TRANSFER = ("transfer-from-best", "from-first-row", "last-task-in-mean")


class ForgettingNumbers(Exercise):
    """The learner's two numbers for several accuracy matrices."""

    id = "05.e1"
    points = 2
    fields = {"forgetting": f"float[{len(_MATRICES)}]", "transfer": f"float[{len(_MATRICES)}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        return {"matrices": [np.round(np.array(R) + rng.uniform(-0.01, 0.01, np.shape(R)), 3) for R in _MATRICES]}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        pairs = [_pair(call(answer, R)) for R in inputs["matrices"]]
        return {"forgetting": [lost for lost, _ in pairs], "transfer": [moved for _, moved in pairs]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        matrices = inputs["matrices"]
        found = np.stack([data["forgetting"], data["transfer"]])
        wanted = _by("right", matrices)
        right = np.isclose(found, wanted, atol=1e-6)
        if right.all():
            return passed()
        for code in _OF_BOTH:
            if _agree(found, _by(code, matrices)):
                return wrong(code)
        unknown = np.isnan(found)
        if unknown.any() and right[~unknown].all() and not _agree(found[1], _by("from-first-row", matrices)[1]):
            return wrong("nan-in-sum")
        share = 0.5 if right.all(axis=1).any() else 0.0
        for row, codes in enumerate((_OF_FORGETTING, _OF_TRANSFER)):
            code = "" if right[row].all() else _mistake(row, codes, found[row], matrices)
            if code:
                return wrong(code, share)
        case = int(np.argmin(right.all(axis=0)))
        return wrong(
            "another-number",
            share,
            matrix=str(matrices[case].tolist()),
            forgetting=float(found[0, case]),
            transfer=float(found[1, case]),
            right_forgetting=float(wanted[0, case]),
            right_transfer=float(wanted[1, case]),
        )


def _pair(value: Any) -> tuple[float, float]:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise Unusable("not-two-numbers")
    return number(value[0], "two numbers"), number(value[1], "two numbers")


def _mistake(row: int, codes: tuple[str, ...], found: np.ndarray, matrices: list[np.ndarray]) -> str:
    """Return the code of the mistake in one of the two numbers; empty if it is not a known one."""
    wanted = _by("right", matrices)[row]
    if _agree(-found, wanted):
        return "wrong-sign"
    for code in codes:
        if _agree(found, _by(code, matrices)[row]):
            return code
    tasks = np.array([len(R) for R in matrices])
    return "last-task-in-mean" if _agree(found, wanted * (tasks - 1) / tasks) else ""


def _agree(found: np.ndarray, computed: np.ndarray) -> bool:
    return np.allclose(found, computed, atol=1e-6, equal_nan=True)


def _by(rule: str, matrices: list[np.ndarray]) -> np.ndarray:
    """Compute both numbers for each matrix, ``(2, matrices)``, by one rule."""
    return np.transpose([_numbers(rule, R) for R in matrices])


def _numbers(rule: str, R: np.ndarray) -> tuple[float, float]:
    """Compute forgetting and backward transfer by one well-known rule, right or wrong."""
    if rule == "rows-and-columns-swapped":
        R = R.T
    tasks = len(R) if rule == "last-task-in-mean" else 1 if rule == "first-task-only" else len(R) - 1
    rows = R if rule in ("best-includes-end", "last-task-in-mean") else R[:-1]
    last, diagonal = R[-1, :tasks], np.diag(R)[:tasks]
    best = np.fmax.reduce(rows[:, :tasks])  # the larger of two numbers, or the one that isn't NaN
    start = R[0, :tasks] if rule == "from-first-row" else diagonal
    forgetting = float(np.mean((diagonal if rule == "forgetting-from-diagonal" else best) - last))
    backward = float(np.mean(last - (best if rule == "transfer-from-best" else start)))
    if rule == "from-first-row":
        forgetting = float(np.mean(start - last))
    if rule == "numbers-swapped":
        return backward, forgetting
    return (100 * forgetting, 100 * backward) if rule == "percentages" else (forgetting, backward)
