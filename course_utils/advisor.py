"""Which strategy? Looked up in the measured grid: the nearest cells, their band, the cost, or "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, log2

import numpy as np

from course_utils.data import Dataset
from course_utils.errors import CourseError
from course_utils.experiments.grid import GRID_TASKS, GridCell, grid_cells
from course_utils.experiments.strategies import LAST, RANDOM, STRATEGIES, Strategies

#: How many cells an answer rests on, and what counts as one step away beside twice the labels: so many points of head
#: start. Of 1, 3, 5 and 8 cells and 5, 10 and 20 points, these had the least regret with each task of the grid held out
#: in turn (asked about every cell, however far).
NEAREST, POINTS_A_STEP = 8, 20
#: A situation that is farther from its nearest cell than so many steps is unknown.
FARTHEST = 1.5
#: Strategies so many points behind the best are about as good.
AS_GOOD = 2.0


@dataclass(frozen=True)
class Option:
    """What the nearest cells say of one strategy.

    Attributes:
        behind: points behind the best strategy of a cell, on average over the cells.
        lead: points ahead of the last block's features: the mean, the lowest and the highest of all cells and seeds.
        multiplications: what it cost there, on average.
    """

    strategy: str
    behind: float
    lead: tuple[float, float, float]
    multiplications: float


@dataclass(frozen=True)
class Advice:
    """An answer.

    Attributes:
        strategy: the one that was least behind; None where nobody knows.
        shortlist: it and those within ``AS_GOOD`` points of it, the least behind first, of which validation should
            choose; empty where nobody knows.
        cheaper: the cheapest of the shortlist; None where nobody knows.
        options: every strategy, the least behind first; empty where nobody knows.
        cells: what the answer rests on, the nearest first.
        why: a sentence.
    """

    strategy: str | None
    shortlist: Sequence[str]
    cheaper: str | None
    options: Sequence[Option]
    cells: Sequence[GridCell]
    why: str


def advise(labels: float, head_start: float | None = None, cells: Sequence[GridCell] | None = None) -> Advice:
    """Answer from the nearest measured cells.

    Args:
        labels: per class, above 0.
        head_start: how many points the pretrained features are ahead of random ones, see ``measure_head_start``; None
            if nobody measured it: then the budget alone decides what is near, and the band is wide.
        cells: what was measured. Default: the grid of ``GRID_TASKS``.

    Raises:
        CourseError: ``labels`` is not above 0, or there are no cells.
    """
    if not labels > 0:
        raise CourseError(f"labels={labels} is impossible: it is a number of labels per class, above 0.")
    known = list(grid_cells(*GRID_TASKS) if cells is None else cells)
    if not known:
        raise CourseError("cells is empty, so there is nothing to answer from; leave it out to use the grid.")
    steps = {id(cell): _steps(cell, labels, head_start) for cell in known}
    near = sorted(known, key=lambda cell: steps[id(cell)])[:NEAREST]
    if steps[id(near[0])] > FARTHEST:
        return Advice(None, (), None, (), near[:1], _unknown(near[0], labels, head_start))
    options = sorted((_option(strategy, near) for strategy in STRATEGIES), key=lambda option: option.behind)
    good = [option for option in options if option.behind <= options[0].behind + AS_GOOD]
    cheapest = min(good, key=lambda option: option.multiplications)
    shortlist = [option.strategy for option in good]
    return Advice(shortlist[0], shortlist, cheapest.strategy, options, near, _because(options[0], cheapest, near))


def measure_head_start(task: Dataset, labels: int, seeds: Sequence[int] = (0, 1, 2)) -> float:
    """Return how many points the pretrained network's features beat random networks' on validation pictures.

    As in the grid: a probe on the last block of the pretrained network, against one on the best block of a random one.

    Args:
        task: with pictures of 32 pixels.
        labels: per class, for each probe.
        seeds: each draws other labels, another random network and another pretraining run.

    Raises:
        CourseError: more labels than the smallest class has.
    """
    ahead = []
    for seed in seeds:
        ways = Strategies(task, backbone_seed=seed % 3)
        pretrained, random = (ways.run(strategy, labels, seed)["validation"] for strategy in (LAST, RANDOM))
        ahead.append(100 * (pretrained - random))
    return float(np.mean(ahead))


def _steps(cell: GridCell, labels: float, head_start: float | None) -> float:
    """Return how far a cell is from a situation: doublings of the labels and steps of head start, as in a plane."""
    across = 0.0 if head_start is None else (cell.head_start - head_start) / POINTS_A_STEP
    return hypot(log2(cell.labels / labels), across)


def _option(strategy: str, near: Sequence[GridCell]) -> Option:
    leads = [
        100 * (own - features)
        for cell in near
        for own, features in zip(cell.accuracies[strategy], cell.accuracies[LAST], strict=True)
    ]
    return Option(
        strategy,
        float(np.mean([cell.regret(strategy) for cell in near])),
        (float(np.mean(leads)), min(leads), max(leads)),
        float(np.mean([cell.multiplications[strategy] for cell in near])),
    )


def _because(best: Option, cheapest: Option, near: Sequence[GridCell]) -> str:
    tasks = ", ".join(dict.fromkeys(cell.task for cell in near))
    mean, low, high = best.lead
    text = (
        f"On the {len(near)} nearest cells ({tasks}), {best.strategy!r} was {mean:+.1f} points from the last block's "
        f"features (seeds {low:+.1f} to {high:+.1f})."
    )
    if cheapest is not best:
        times, behind = best.multiplications / cheapest.multiplications, cheapest.behind - best.behind
        text += f" {cheapest.strategy!r} was {behind:.1f} points behind it and cost {times:,.0f} times less."
    return text


def _unknown(nearest: GridCell, labels: float, head_start: float | None) -> str:
    given = f"{labels:,.10g} labels per class"
    if head_start is not None:
        given += f" and a head start of {head_start:+.0f} points"
    return (
        f"I don't know: nothing like {given} was measured. The nearest cell is {nearest.task} with {nearest.labels} "
        f"labels per class and a head start of {nearest.head_start:+.0f}."
    )
