"""Exercise 07.e2: the budgets at which transfer hurts, on every seed."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_SCRATCH = "from scratch"
_NAMES = ("features", "top block", "LP-FT")
_SEEDS = 4
#: Drawn labels per class, in rising order; each budget plays one of the parts below.
_BUDGETS = ((1, 2, 3), (5, 8), (10, 15), (20, 30), (50, 60), (100, 150), (300, 500))
#: By part: the accuracies (in hundredths) of the best way to transfer and of scratch, by seed; the first of the others
#: is far behind scratch, and the second lies in between.
_PARTS: Mapping[str, tuple[Sequence[int], Sequence[int]]] = {
    "harmful": ((60, 62, 58, 64), (70, 69, 66, 75)),
    "harmful by a little": ((80, 82, 78, 84), (81, 83, 79, 86)),
    "harmful, though seeds overlap": ((60, 70, 80, 90), (64, 73, 85, 92)),
    "behind in the mean, not on every seed": ((70, 72, 75, 71), (90, 88, 74, 91)),
    "ahead": ((85, 84, 83, 86), (70, 72, 68, 71)),
    "ahead, but for one seed": ((85, 84, 83, 70), (70, 72, 68, 71)),
    "equal on one seed": ((60, 61, 62, 63), (70, 61, 72, 73)),
}


class HarmfulBudgets(Exercise):
    """For each drawn budget, whether the learner's function says that transfer hurts there."""

    id = "07.e2"
    points = 3
    fields = {"budgets": "int[*]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        budgets = [int(rng.choice(choices)) for choices in _BUDGETS]
        parts = [str(part) for part in rng.permutation(list(_PARTS))]
        rows = []
        for budget, part in zip(budgets, parts, strict=True):
            best, scratch = _PARTS[part]
            names = [str(name) for name in rng.permutation(_NAMES)]
            for s in range(_SEEDS):
                shown = {names[0]: best[s], names[1]: best[s] - 30, names[2]: best[s] - 5, _SCRATCH: scratch[s]}
                rows += [
                    {"strategy": name, "labels": budget, "seed": s, "accuracy": percent / 100}
                    for name, percent in shown.items()
                ]
        return {"rows": [rows[i] for i in rng.permutation(len(rows))]}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        found = call(answer, inputs["rows"])
        if not isinstance(found, list | tuple | set | np.ndarray):
            raise Unusable("wrong-kind", kind=kind(found), wanted="a list of budgets")
        with learners_code():
            return {"budgets": [int(budget) for budget in found]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found, known = data["budgets"].tolist(), {row["labels"] for row in inputs["rows"]}
        if not set(found) <= known:
            return wrong("not-a-budget", found=next(b for b in found if b not in known))
        if found == _RULES[""](inputs["rows"]):
            return passed()
        for code, rule in _RULES.items():
            if sorted(found) == rule(inputs["rows"]):
                return wrong("not-rising", 2 / 3) if not code else wrong(code)
        return wrong("another-list", found=len(set(found)), wanted=len(_RULES[""](inputs["rows"])))


_Rows = Sequence[Mapping[str, Any]]
_ByStrategy = Mapping[str, np.ndarray]  # accuracies in the order of the seeds


def _where(rows: _Rows, hurts: Callable[[_ByStrategy], bool]) -> list[int]:
    """Return the budgets, in rising order, at which a rule says that transfer hurts."""
    found = []
    for budget in sorted({row["labels"] for row in rows}):
        of = sorted((row for row in rows if row["labels"] == budget), key=lambda row: row["seed"])
        names = {row["strategy"] for row in of}
        if hurts({name: np.array([row["accuracy"] for row in of if row["strategy"] == name]) for name in names}):
            found.append(budget)
    return found


def _ahead(by: _ByStrategy) -> np.ndarray:
    """Return how far scratch is ahead of the best way to transfer, by seed."""
    best = max((name for name in by if name != _SCRATCH), key=lambda name: float(by[name].mean()))
    ahead: np.ndarray = by[_SCRATCH] - by[best]
    return ahead


def _against_the_worst(by: _ByStrategy) -> bool:
    worst = min((by[name] for name in by if name != _SCRATCH), key=lambda accuracies: float(accuracies.mean()))
    return bool((by[_SCRATCH] > worst).all())


def _without_overlap(by: _ByStrategy) -> bool:
    best = max((by[name] for name in by if name != _SCRATCH), key=lambda accuracies: float(accuracies.mean()))
    return bool(by[_SCRATCH].min() > best.max())


#: By code, where each way to judge says that transfer hurts; the right one has none.
_RULES: Mapping[str, Callable[[_Rows], list[int]]] = {
    "": lambda rows: _where(rows, lambda by: bool((_ahead(by) > 0).all())),
    "mean-alone": lambda rows: _where(rows, lambda by: bool(_ahead(by).mean() > 0)),
    "any-seed": lambda rows: _where(rows, lambda by: bool((_ahead(by) > 0).any())),
    "against-the-worst": lambda rows: _where(rows, _against_the_worst),
    "turned-round": lambda rows: _where(rows, lambda by: bool((_ahead(by) < 0).all())),
    "ties-count": lambda rows: _where(rows, lambda by: bool((_ahead(by) >= 0).all())),
    "unpaired": lambda rows: _where(rows, _without_overlap),
    "never": lambda rows: [],
}
