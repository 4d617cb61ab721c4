"""Exercise 01.e4: the block to transfer from, chosen by its mean over the seeds."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils.learn.calling import Unusable, call, require_something
from course_utils.learn.evidence import Data, bounded
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind


class _Measured(NamedTuple):
    """Validation accuracies by block, from the shallowest to the deepest, one for each seed.

    Blocks without names get numbers, drawn from the seed.
    """

    accuracies: list[list[float]]
    names: tuple[str, ...] = ()


_MEASURED = {
    "the deepest is not the best": _Measured([[0.71, 0.73], [0.83, 0.82], [0.82, 0.80], [0.70, 0.83]]),
    "one lucky seed": _Measured([[0.77, 0.50, 0.55], [0.58, 0.91, 0.55], [0.75, 0.74, 0.76], [0.70, 0.69, 0.70]]),
    "one unlucky seed": _Measured(
        [[0.80, 0.80, 0.80], [0.81, 0.66, 0.99], [0.75, 0.77, 0.78]], ("early", "middle", "late")
    ),
    "the deepest is the best": _Measured([[0.18, 0.17], [0.70, 0.71], [0.94, 0.95], [0.97, 0.96]]),
    "another network": _Measured([[0.63, 0.62], [0.61, 0.60], [0.66, 0.67]], ("stem", "top", "middle")),
}
_MOST_BLOCKS = 50  # as many as ResNet-152 has

_Rule = Callable[[list[float]], float]


def _mean(accuracies: list[float]) -> float:
    return float(np.mean(accuracies))


_MISTAKES: dict[str, _Rule] = {
    "best-single-run": max,
    "worst-single-run": min,
    "first-seed-only": lambda accuracies: accuracies[0],
    "last-seed-only": lambda accuracies: accuracies[-1],
    "lowest-accuracy": lambda accuracies: -_mean(accuracies),
}


class BlockChoice(Exercise):
    """The block that the learner chooses from each table."""

    id = "01.e4"
    points = 1
    fields = {"chosen": f"str[{len(_MEASURED)}]"}

    def challenge(self, seed: int) -> Inputs:
        """Draw the measured tables: all rows but the deepest block's reordered, and all values a little lower."""
        rng = np.random.default_rng(seed)
        tables = {}
        for case, (accuracies, given) in _MEASURED.items():
            names = given or _numbered_blocks(len(accuracies), rng)
            *others, deepest = accuracies
            rows = [others[i] for i in rng.permutation(len(others))] + [deepest]
            lower = round(float(rng.uniform(0, 0.1)), 2)
            tables[case] = {name: [round(v - lower, 2) for v in row] for name, row in zip(names, rows, strict=True)}
        return {"tables": tables}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"chosen": [_chosen(answer, table) for table in inputs["tables"].values()]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        tables, chosen = inputs["tables"], data["chosen"].tolist()

        def picks(rule: _Rule) -> list[str]:
            return [max(table, key=lambda block: rule(table[block])) for table in tables.values()]

        wanted = picks(_mean)
        if chosen == wanted:
            return passed()
        if chosen == [list(table)[-1] for table in tables.values()]:
            return wrong("always-deepest")
        for code, rule in _MISTAKES.items():
            if chosen == picks(rule):
                return wrong(code)
        case, block = next((case, c) for case, c, w in zip(tables, chosen, wanted, strict=True) if c != w)
        return wrong("another-block", case=case, block=bounded(block))


def _numbered_blocks(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Draw names of blocks such as "block7", with rising numbers."""
    numbers = sorted(rng.choice(_MOST_BLOCKS, count, replace=False).tolist())
    return tuple(f"block{number + 1}" for number in numbers)


def _chosen(answer: Callable[..., Any], table: dict[str, list[float]]) -> str:
    block = call(answer, table)
    require_something(block, "the name of a block")
    if not isinstance(block, str) or block not in table:
        found = repr(block)[:100] if isinstance(block, str) else kind(block)
        raise Unusable("wrong-kind", kind=found, wanted="the name of a block, such as 'block2'")
    return str(block)
