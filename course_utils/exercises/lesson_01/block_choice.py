"""Exercise 01.e4: the block to transfer from, chosen by the one-standard-error rule."""

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


# Dividing by n or by n - 1 in the standard deviation chooses the same blocks: the text leaves it open.
_MEASURED = {
    "a lead within the error": _Measured(
        [[0.60, 0.62, 0.61], [0.77, 0.84, 0.82], [0.78, 0.83, 0.88], [0.72, 0.70, 0.74]]
    ),
    "a lead beyond the error": _Measured(
        [[0.55, 0.60, 0.56], [0.76, 0.75, 0.77], [0.73, 0.83, 0.93], [0.70, 0.71, 0.72]]
    ),
    "the deepest is the best": _Measured([[0.18, 0.17], [0.70, 0.71], [0.94, 0.95], [0.97, 0.98]]),
    "a shallow block beyond a poor one": _Measured(
        [[0.80, 0.82, 0.81, 0.81], [0.70, 0.72, 0.71, 0.71], [0.80, 0.78, 0.90, 0.84], [0.81, 0.80, 0.79, 0.82]]
    ),
    "seeds that agree": _Measured(
        [[0.70, 0.70, 0.70], [0.88, 0.88, 0.88], [0.90, 0.90, 0.90], [0.90, 0.89, 0.88]], ("stem", "a", "b", "top")
    ),
    "another block's spread": _Measured(
        [[0.50, 0.52, 0.54], [0.75, 0.85, 0.95], [0.88, 0.89, 0.90]], ("early", "middle", "late")
    ),
    "one lucky seed": _Measured(
        [
            [0.40, 0.97, 0.40, 0.40, 0.40, 0.40],
            [0.69, 0.75, 0.75, 0.75, 0.75, 0.75],
            [0.90, 0.75, 0.85, 0.80, 0.80, 0.70],
        ]
    ),
    "one unlucky seed": _Measured([[0.75, 0.74, 0.76], [0.58, 0.91, 0.91], [0.70, 0.69, 0.70]]),
}
_MOST_BLOCKS = 50  # as many as ResNet-152 has

_Table = dict[str, list[float]]
_Rule = Callable[[_Table], str]


def _mean(accuracies: list[float]) -> float:
    return float(np.mean(accuracies))


def _spread(accuracies: list[float]) -> float:
    return float(np.std(accuracies, ddof=1))


def _standard_error(accuracies: list[float]) -> float:
    return _spread(accuracies) / float(np.sqrt(len(accuracies)))


def _best_by(score: Callable[[list[float]], float]) -> _Rule:
    return lambda table: max(table, key=lambda block: score(table[block]))


_best = _best_by(_mean)


def _within(table: _Table, margin: float) -> list[str]:
    """Return the blocks whose mean is at most ``margin`` below the best mean."""
    means = {block: _mean(accuracies) for block, accuracies in table.items()}
    return [block for block, mean in means.items() if mean >= max(means.values()) - margin]


def _one_standard_error(table: _Table) -> str:
    return _within(table, _standard_error(table[_best(table)]))[0]


def _own_error(table: _Table) -> str:
    best = _mean(table[_best(table)])
    return next(b for b, accuracies in table.items() if _mean(accuracies) + _standard_error(accuracies) >= best)


_MISTAKES: dict[str, _Rule] = {
    "always-deepest": lambda table: list(table)[-1],
    "always-shallowest": lambda table: next(iter(table)),
    "highest-mean": _best,
    "spread-not-error": lambda table: _within(table, _spread(table[_best(table)]))[0],
    "deepest-within": lambda table: _within(table, _standard_error(table[_best(table)]))[-1],
    "own-error": _own_error,
    "best-single-run": _best_by(max),
    "worst-single-run": _best_by(min),
    "first-seed-only": _best_by(lambda accuracies: accuracies[0]),
    "lowest-accuracy": _best_by(lambda accuracies: -_mean(accuracies)),
}


class BlockChoice(Exercise):
    """The block that the learner chooses from each table.

    The rule is that of Breiman, Friedman, Olshen and Stone (1984, *Classification and Regression Trees*, 3.4.3): the
    simplest candidate whose mean is within one standard error of the best mean.
    """

    id = "01.e4"
    points = 1
    fields = {"chosen": f"str[{len(_MEASURED)}]"}

    def challenge(self, seed: int) -> Inputs:
        """Draw the measured tables: with other names of blocks, and all values a little lower."""
        rng = np.random.default_rng(seed)
        tables = {}
        for case, (accuracies, given) in _MEASURED.items():
            names = given or _numbered_blocks(len(accuracies), rng)
            lower = round(float(rng.uniform(0, 0.1)), 2)
            tables[case] = {
                name: [round(v - lower, 2) for v in row] for name, row in zip(names, accuracies, strict=True)
            }
        return {"tables": tables}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        return {"chosen": [_chosen(answer, table) for table in inputs["tables"].values()]}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        tables, chosen = inputs["tables"], data["chosen"].tolist()

        def picks(rule: _Rule) -> list[str]:
            return [rule(table) for table in tables.values()]

        wanted = picks(_one_standard_error)
        if chosen == wanted:
            return passed()
        for code, rule in _MISTAKES.items():
            if chosen == picks(rule):
                return wrong(code)
        case, block = next((case, c) for case, c, w in zip(tables, chosen, wanted, strict=True) if c != w)
        return wrong("another-block", case=case, block=bounded(block))


def _numbered_blocks(count: int, rng: np.random.Generator) -> tuple[str, ...]:
    """Draw names of blocks such as "block7", with rising numbers."""
    numbers = sorted(rng.choice(_MOST_BLOCKS, count, replace=False).tolist())
    return tuple(f"block{number + 1}" for number in numbers)


def _chosen(answer: Callable[..., Any], table: _Table) -> str:
    block = call(answer, table)
    require_something(block, "the name of a block")
    if not isinstance(block, str) or block not in table:
        found = repr(block)[:100] if isinstance(block, str) else kind(block)
        raise Unusable("wrong-kind", kind=found, wanted="the name of a block, such as 'block2'")
    return str(block)
