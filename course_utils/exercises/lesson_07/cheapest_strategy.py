"""Exercise 07.e1: the cheapest strategy within two points of the best."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call
from course_utils.learn.evidence import Data, bounded
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

#: For each case and strategy: validation accuracy of three seeds, test accuracy, and the cost in units. Every wrong way
#: to choose picks another one of them. Accuracies are multiples of 1/400, so that two points away is exact.
_CASES: tuple[tuple[tuple[tuple[int, int, int], int, int], ...], ...] = (
    (
        ((352, 352, 352), 352, 90),  # the best mean
        ((344, 344, 344), 330, 20),  # exactly two points behind, and the cheapest of those
        ((346, 350, 348), 330, 40),  # within two points, dearer
        ((342, 341, 343), 352, 5),  # as good as the best on test, three points behind on validation
        ((355, 300, 300), 300, 3),  # one lucky seed
        ((250, 250, 250), 250, 1),  # the cheapest of all
    ),
    (
        ((380, 376, 384), 380, 30),  # the best mean is also the cheapest within two points
        ((378, 374, 382), 384, 70),
        ((371, 370, 372), 384, 8),
        ((366, 390, 300), 300, 4),
        ((340, 340, 340), 340, 2),
        ((368, 368, 368), 300, 1),
    ),
)
_UNIT = 400
_NAMES = ("features", "best block", "top block", "everything", "LP-FT", "from scratch")
_Rows = list[dict[str, Any]]


class CheapestStrategy(Exercise):
    """The strategies that the learner's function chooses in each case."""

    id = "07.e1"
    points = 2
    fields = {"chosen": f"str[{len(_CASES)}]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        cases = []
        for case in _CASES:
            names, unit = rng.permutation(_NAMES), int(rng.integers(1, 9)) * 10**6
            rows = [
                {
                    "strategy": str(names[s]),
                    "seed": seed_number,
                    "validation": case[s][0][seed_number] / _UNIT,
                    "test": case[s][1] / _UNIT,
                    "multiplications": case[s][2] * unit,
                }
                for seed_number in range(3)
                for s in rng.permutation(len(case))
            ]
            cases.append(rows)
        return {"cases": cases}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"chosen": [_named(call(answer, rows), rows) for rows in inputs["cases"]]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        chosen = data["chosen"].tolist()
        right = [_RULES[""](rows) for rows in inputs["cases"]]
        if chosen == right:
            return passed()
        for code, rule in _RULES.items():
            if code and chosen == [rule(rows) for rows in inputs["cases"]]:
                return wrong(code)
        missed = next(n for n, (found, wanted) in enumerate(zip(chosen, right, strict=True)) if found != wanted)
        return wrong("another-choice", found=bounded(chosen[missed]), wanted=right[missed])


def _named(chosen: Any, rows: _Rows) -> str:
    if not isinstance(chosen, str):
        raise Unusable("wrong-kind", kind=kind(chosen), wanted="the name of a strategy")
    if str(chosen) not in {row["strategy"] for row in rows}:
        raise Unusable("not-a-strategy", name=str(chosen))
    return str(chosen)


def _means(rows: _Rows, column: str) -> Mapping[str, float]:
    names = dict.fromkeys(row["strategy"] for row in rows)
    return {name: float(np.mean([r[column] for r in rows if r["strategy"] == name])) for name in names}


def _cheapest_within(rows: _Rows, points: float, column: str = "validation") -> str:
    means, cost = _means(rows, column), _means(rows, "multiplications")
    good = [name for name in means if means[name] >= max(means.values()) - points / 100 - 1e-9]
    return min(good, key=cost.__getitem__)


def _best(rows: _Rows) -> str:
    means = _means(rows, "validation")
    return max(means, key=means.__getitem__)


def _of_one_seed(rows: _Rows) -> str:
    return _cheapest_within([row for row in rows if row["seed"] == 0], 2)


def _dearest_within(rows: _Rows) -> str:
    means, cost = _means(rows, "validation"), _means(rows, "multiplications")
    good = [name for name in means if means[name] >= max(means.values()) - 0.02 - 1e-9]
    return max(good, key=cost.__getitem__)


#: By code, what each way to choose would take; the right one has none.
_RULES: Mapping[str, Callable[[_Rows], str]] = {
    "": lambda rows: _cheapest_within(rows, 2),
    "the-best": _best,
    "cheapest-of-all": lambda rows: _cheapest_within(rows, 1000),
    "chosen-on-test": lambda rows: _cheapest_within(rows, 2, "test"),
    "one-seed": _of_one_seed,
    "dearest": _dearest_within,
    "less-than-two": lambda rows: _cheapest_within(rows, 1.9),
}
