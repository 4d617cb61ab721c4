"""Exercise 01.e4: the block to transfer from, chosen by its mean over the seeds."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call
from course_utils.learn.wording import kind

# Validation accuracies by block, from the shallowest to the deepest, one for each seed.
_MEASURED = {
    "the deepest is not the best": {
        "block1": [0.71, 0.73],
        "block2": [0.83, 0.82],
        "block3": [0.82, 0.80],
        "block4": [0.70, 0.83],
    },
    "one lucky seed": {
        "block1": [0.77, 0.50, 0.55],
        "block2": [0.58, 0.91, 0.55],
        "block3": [0.75, 0.74, 0.76],
        "block4": [0.70, 0.69, 0.70],
    },
    "one unlucky seed": {
        "early": [0.80, 0.80, 0.80],
        "middle": [0.81, 0.66, 0.99],
        "late": [0.75, 0.77, 0.78],
    },
    "the deepest is the best": {
        "block1": [0.18, 0.17],
        "block2": [0.70, 0.71],
        "block3": [0.94, 0.95],
        "block4": [0.97, 0.96],
    },
    "another network": {"stem": [0.63, 0.62], "top": [0.61, 0.60], "middle": [0.66, 0.67]},
}
_RULES: tuple[tuple[Callable[[list[float]], float], str], ...] = (
    (max, "You trusted the best single run. One lucky seed is no evidence: compare means over the seeds."),
    (min, "You judged each block by its worst seed. One unlucky seed is no evidence either: compare the means."),
    (lambda values: values[0], "You looked at the first seed only. Compare means over all the seeds."),
    (lambda values: values[-1], "You looked at the last seed only. Compare means over all the seeds."),
    (
        lambda values: -float(np.mean(values)),
        "You took the block with the lowest accuracy. Which way round does your comparison go?",
    ),
)
FIELDS = {"chosen": f"str[{len(_MEASURED)}]"}

Tables = dict[str, dict[str, list[float]]]


def _tables(seed: int) -> Tables:
    """The measured tables, with the rows of all blocks but the deepest in another order, and all a little lower."""
    rng = np.random.default_rng(seed)
    drawn: Tables = {}
    for case, table in _MEASURED.items():
        *others, deepest = table
        lower = round(float(rng.uniform(0, 0.1)), 2)
        rows = [table[others[i]] for i in rng.permutation(len(others))] + [table[deepest]]
        drawn[case] = {name: [round(v - lower, 2) for v in row] for name, row in zip(table, rows, strict=True)}
    return drawn


def evidence(choose_block: Callable[..., Any], seed: int) -> Evidence:
    """The block chosen for each table."""
    chosen = []
    for table in _tables(seed).values():
        block = call(choose_block, table)
        if block is None:
            raise Unusable("Your function gave back nothing. End it with `return` and the name of a block.")
        if not isinstance(block, str) or block not in table:
            found = f"{block!r}" if isinstance(block, str) else kind(block)
            raise Unusable(
                f"Your function gave back {found[:100]}; it should be the name of a block, such as 'block2'."
            )
        chosen.append(str(block))
    return {"chosen": chosen}


def verdict(evidence: Evidence, seed: int) -> Verdict:
    tables, chosen = _tables(seed), list(evidence["chosen"])

    def picks(rule: Callable[[list[float]], float]) -> list[str]:
        return [max(table, key=lambda block: rule(table[block])) for table in tables.values()]

    wanted = picks(lambda values: float(np.mean(values)))
    if chosen == wanted:
        return Verdict(
            RIGHT,
            "The block with the best mean over seeds, chosen on validation data. The test data stays unseen.",
        )
    if chosen == [list(table)[-1] for table in tables.values()]:
        words = "You always take the deepest block. The deepest layer fits the source task best, not every target."
        return Verdict(WRONG, words)
    for rule, message in _RULES:
        if chosen == picks(rule):
            return Verdict(WRONG, message)
    case, block = next((case, c) for case, c, w in zip(tables, chosen, wanted, strict=True) if c != w)
    words = f"In one table ({case}), you chose {block}: another block has a higher mean over its seeds."
    return Verdict(WRONG, words)
