"""The state of lesson 02's label-budget lab: a task, a budget, a guess at the crossing, and what the curves say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course_utils.backbones import load_backbone
from course_utils.data import load_dataset
from course_utils.experiments import band, features_of, label_efficiency, probe_accuracy
from course_utils.figures.tables import Rows
from course_utils.labs.kit.state_codes import one_of

TASKS = ("shapes", "photo-textures", "digits")
PRETRAINED, RANDOM, FINE_TUNED, SCRATCH = "pretrained, frozen", "random, frozen", "fine-tuned", "from scratch"
NEVER = 0  # as a guess: the curves do not cross
LABELS, SEEDS = range(1, 1001), range(100)
_PROBE_SEEDS = range(3)


@dataclass(frozen=True)
class BudgetState:
    """Everything that decides what the lab shows, and what it runs.

    Attributes:
        task: one of ``TASKS``.
        labels: labels per class, both for the replay's position and for live runs.
        seed: of the live runs.
        guess: the learner's guess at the budget where scratch catches up with the pretrained network, or ``NEVER``.
        revealed: whether the learner has seen the curves.
    """

    task: str = TASKS[0]
    labels: int = 5
    seed: int = 0
    guess: int | None = None
    revealed: bool = False

    def __post_init__(self) -> None:
        one_of("task", self.task, TASKS)
        one_of("number of labels", self.labels, LABELS)
        one_of("seed", self.seed, SEEDS)
        one_of("guess", self.guess, (None, NEVER, *LABELS))
        one_of("'revealed' value", self.revealed, (False, True))

    def with_task(self, task: str) -> "BudgetState":
        """Return the state for another task, with hidden curves and no guess."""
        return replace(self, task=task, guess=None, revealed=False)


def probe_rows(task: str, budgets: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Measure the probes on pretrained and on random features, and yield row by row."""
    dataset = load_dataset(task)
    for method, weights in ((PRETRAINED, "pretrained"), (RANDOM, None)):
        features = features_of(load_backbone("embedded", weights=weights), dataset)
        for labels in budgets:
            for seed in _PROBE_SEEDS:
                accuracy = probe_accuracy(features, dataset, labels, seed)
                yield {"method": method, "labels": labels, "seed": seed, "accuracy": accuracy}


def bands(rows: Rows) -> dict[str, dict[int, tuple[float, float, float]]]:
    """Return the mean, lowest and highest accuracy, 0..1, over the seeds, by method and budget."""
    cells: dict[str, dict[int, list[float]]] = {}
    for row in rows:
        cells.setdefault(row["method"], {}).setdefault(row["labels"], []).append(row["accuracy"])
    return {
        method: {labels: band(accuracies) for labels, accuracies in sorted(budgets.items())}
        for method, budgets in cells.items()
    }


def crossing(rows: Rows) -> int | None:
    """Return the first budget at which scratch is as accurate as the pretrained network; None if it never is."""
    found = bands(rows)
    scratch, pretrained = found.get(SCRATCH, {}), found.get(PRETRAINED, {})
    return next((n for n in scratch if n in pretrained and scratch[n][0] >= pretrained[n][0]), None)


def sentence(rows: Rows, labels: int) -> str:
    """Return what the curves say at one budget, in words."""
    found = bands(rows)
    here = [f"{method} {curve[labels][0]:.0%}" for method, curve in found.items() if labels in curve]
    if not here:
        return f"Nothing was measured with {counted(labels)} per class."
    words = f"With {counted(labels)} per class: {', '.join(here)}."
    shared = sorted(set(found.get(SCRATCH, {})) & set(found.get(PRETRAINED, {})))
    if labels not in shared:
        return words
    transfer, scratch = ([found[method][n][0] for n in shared] for method in (PRETRAINED, SCRATCH))
    factor = label_efficiency(shared, transfer, scratch, at=labels)
    worth = f"more than {shared[-1] / labels:.0f}" if np.isinf(factor) else f"about {factor:.1f}"
    return f"{words} One label on the pretrained network is worth {worth} from scratch."


def verdict(rows: Rows, guess: int | None) -> str:
    """Compare the guess with the measured crossing."""
    found = crossing(rows)
    happened = "scratch never catches up within these budgets"
    if found is not None:
        happened = f"scratch catches up at {counted(found)} per class"
    if guess is None:
        return f"You made no guess; {happened}."
    said = "never" if guess == NEVER else f"at {guess}"
    close = "You saw it coming." if (found or NEVER) == guess else "Not what you expected? Compare the curves."
    return f"Your guess was {said}; {happened}. {close}"


def sources(rows: Rows, task: str) -> str:
    """Return where the points of each curve come from."""
    seeds: dict[str, set[int]] = {}
    for row in rows:
        seeds.setdefault(row["method"], set()).add(row["seed"])
    origin = {
        SCRATCH: f"recorded by: course record scratch-{task}",
        FINE_TUNED: f"recorded by: course record labels-{task}",
    }
    told = [
        f"{method}: {origin.get(method, 'measured just now')}, {len(found)} seeds" for method, found in seeds.items()
    ]
    return "; ".join(told)


def counted(labels: int) -> str:
    """Return a number of labels, in words."""
    return "1 label" if labels == 1 else f"{labels} labels"
