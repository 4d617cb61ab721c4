"""Exercise 12.e2: successive halving that stays within its budget and trains nothing twice."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.calling import Unusable, call, number
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_LONGEST = 16  # epochs, after which nothing improves
_SETTINGS = 32
_CASES = 12
_BUDGETS = (80, 90, 112)  # epochs: five to seven whole runs
_BEGUN = 12  # settings, at least; a search of whole runs begins seven
_LOST = 0.02  # of accuracy behind the best setting, on average over the cases


class HonestHalving(Exercise):
    """For each case: the chosen setting, and what was trained, in order."""

    id = "12.e2"
    points = 3
    fields = {
        "chosen": f"int[{_CASES}]",
        "trained": "int[*,3]",
    }  # a row: the case, the setting, and for how many epochs
    withheld = frozenset({"worth"})

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        worth = np.sort(rng.uniform(0.5, 0.95, (_CASES, _SETTINGS)), axis=1)
        worth = rng.permuted(worth, axis=1)
        slow = rng.uniform(0.5, 4, (_CASES, _SETTINGS, 1))
        climbed = 1 - np.exp(-np.arange(1, _LONGEST + 1) / slow)
        seen = 0.5 + (worth[..., None] - 0.5) * climbed + rng.normal(0, 0.01, climbed.shape)
        return {"accuracies": seen.round(4), "budgets": rng.choice(_BUDGETS, _CASES).tolist(), "worth": worth}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        trained: list[tuple[int, int, int]] = []
        cases = enumerate(zip(inputs["accuracies"], inputs["budgets"], strict=True))
        chosen = [_chosen(answer, case, table, budget, trained) for case, (table, budget) in cases]
        return {"chosen": chosen, "trained": np.array(trained, int).reshape(-1, 3)}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        cases = [_Case.of(case, data) for case in range(_CASES)]
        if not all(case.spent for case in cases):
            return wrong("nothing-trained")
        for case, budget in zip(cases, inputs["budgets"], strict=True):
            if case.spent > budget:
                return wrong("over-budget", spent=case.spent, budget=budget)
        begun = min(case.begun for case in cases)
        if begun < _BEGUN:
            return wrong("few-begun", begun=begun)
        if any(case.chosen not in case.epochs for case in cases):
            return wrong("never-trained")
        if all(len(set(case.epochs.values())) == 1 for case in cases):
            return wrong("all-alike", epochs=next(iter(cases[0].epochs.values())))
        lost = float(
            np.mean([worth.max() - worth[case.chosen] for case, worth in zip(cases, inputs["worth"], strict=True)])
        )
        if lost <= _LOST:
            return passed(lost=100 * lost)
        if (
            np.mean([_kept_the_worse(case, table) for case, table in zip(cases, inputs["accuracies"], strict=True)])
            > 0.5
        ):
            return wrong("worse-half")
        if np.mean([max(case.epochs.values()) for case in cases]) < _LONGEST / 2:
            return wrong("stopped-early", lost=100 * lost)
        return wrong("poor-choice", lost=100 * lost)


class _Case(NamedTuple):
    """What was trained in one case: for how many epochs in all, and each setting for how long, as far as it got."""

    chosen: int
    spent: int
    epochs: dict[int, int]

    @property
    def begun(self) -> int:
        return len(self.epochs)

    @classmethod
    def of(cls, case: int, data: Data) -> "_Case":
        rows = data["trained"][data["trained"][:, 0] == case]
        rows = rows[(rows[:, 2] > 0) & (rows[:, 1] >= 0) & (rows[:, 1] < _SETTINGS)]
        epochs: dict[int, int] = {}
        for _, setting, more in rows.tolist():
            epochs[setting] = epochs.get(setting, 0) + more
        return cls(int(data["chosen"][case]), int(rows[:, 2].sum()), epochs)


def _chosen(
    answer: Callable[..., Any], case: int, table: np.ndarray, budget: int, trained: list[tuple[int, int, int]]
) -> int:
    so_far = [0] * _SETTINGS

    def train(setting: Any, epochs: Any) -> float:
        which, more = number(setting, "the number of a setting"), number(epochs, "a number of epochs")
        if which not in range(_SETTINGS):
            raise Unusable("no-such-setting", found=which, last=_SETTINGS - 1)
        if more < 1 or more != int(more):
            raise Unusable("no-such-epochs", found=more)
        trained.append((case, int(which), int(more)))
        so_far[int(which)] += int(more)
        return float(table[int(which), min(so_far[int(which)], _LONGEST) - 1])

    found = number(call(answer, train, _SETTINGS, budget), "the number of the setting that you choose")
    if found not in range(_SETTINGS):
        raise Unusable("no-such-setting", found=found, last=_SETTINGS - 1)
    return int(found)


def _kept_the_worse(case: _Case, table: np.ndarray) -> bool:
    """Whether the settings that were trained longest looked worse than the others after the first epochs."""
    first, longest = min(case.epochs.values()), max(case.epochs.values())
    kept = [table[s, min(first, _LONGEST) - 1] for s, epochs in case.epochs.items() if epochs == longest]
    dropped = [table[s, min(first, _LONGEST) - 1] for s, epochs in case.epochs.items() if epochs == first]
    return bool(np.mean(kept) < np.mean(dropped))
