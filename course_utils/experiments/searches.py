"""Searches for hyperparameters, replayed on a recorded sweep: what each would have found for its budget.

A trial trains one setting to its end, and its score is the accuracy on validation pictures. A budget counts trials, or
as many epochs in parts of trials. All methods see the same table and the same noise: a search sees the runs of one
seed, so that the runs of the others show what its winner is worth when it is trained again.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from course_utils.errors import CourseError
from course_utils.experiments.recordings import recorded
from course_utils.experiments.sweeps import (
    BATCH_SIZES,
    CHECKPOINTS,
    DEPTHS,
    HEAD_WIDTHS,
    LABELS,
    SETTINGS,
    SWEEP_SEEDS,
    SWEPT_RATES,
    WEIGHT_DECAYS,
    Hyperparameters,
)

_Row = dict[str, Any]
_NAMES = [field.name for field in fields(Hyperparameters)]
_START_OF_TPE = 8  # random trials before it has seen enough to prefer anything


@dataclass(frozen=True)
class SweepTrial:
    """One trial of a search: the setting, its validation accuracy (0..1), and after how many epochs it was measured."""

    setting: Hyperparameters
    score: float
    epochs: int = CHECKPOINTS[-1]


class Sweep:
    """A recorded sweep, looked up by setting and seed.

    Args:
        rows: of the recording ``sweep-scans`` or ``sweep-photo-textures``.
    """

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._rows = {(Hyperparameters(**{name: row[name] for name in _NAMES}), row["seed"]): row for row in rows}

    @property
    def settings(self) -> list[Hyperparameters]:
        """Every setting, in the order of the recording."""
        return list(dict.fromkeys(setting for setting, _ in self._rows))

    @property
    def seeds(self) -> list[int]:
        """The seeds that every setting was run with."""
        return sorted({seed for _, seed in self._rows})

    def rows(self, **more: Any) -> list[_Row]:
        """Return a row for each run: setting, seed, ``validation`` and ``test`` (0..1) at its end, and ``more``."""
        return [{**row, "validation": row["validation"][-1], **more} for row in self._rows.values()]

    def trial(self, setting: Hyperparameters, seed: int, epochs: int = CHECKPOINTS[-1]) -> SweepTrial:
        """Return what a run of a setting with a seed scored after so many epochs.

        Raises:
            CourseError: the sweep has no such run, or did not measure it there.
        """
        if epochs not in CHECKPOINTS:
            raise CourseError(f"epochs={epochs} was not measured; choose one of {', '.join(map(str, CHECKPOINTS))}.")
        return SweepTrial(setting, self._row(setting, seed)["validation"][CHECKPOINTS.index(epochs)], epochs)

    def test(self, setting: Hyperparameters, seed: int) -> float:
        """Return a run's accuracy (0..1) on test pictures, at its end."""
        return float(self._row(setting, seed)["test"])

    def again(self, setting: Hyperparameters, seed: int) -> tuple[float, float]:
        """Return a setting's mean validation and test accuracy over the seeds that a search with ``seed`` can't see."""
        fresh = [other for other in SWEEP_SEEDS if other != seed]
        validation = float(np.mean([self.trial(setting, other).score for other in fresh]))
        return validation, float(np.mean([self.test(setting, other) for other in fresh]))

    def _row(self, setting: Hyperparameters, seed: int) -> _Row:
        try:
            return self._rows[setting, seed]
        except KeyError:
            values = ", ".join(f"{name}={value}" for name, value in asdict(setting).items())
            raise CourseError(
                f"The sweep has no run with {values}, seed={seed}. It has the learning rates "
                f"{', '.join(map(str, SWEPT_RATES))}; see Hyperparameters for the others."
            ) from None


def random_search(sweep: Sweep, budget: int, seed: int, draw: int) -> list[SweepTrial]:
    """Try settings drawn at random, none twice (Bergstra and Bengio 2012).

    Args:
        budget: trials, 1 or more.
        seed: of the runs that the search sees.
        draw: decides what is drawn.
    """
    rng = np.random.default_rng([1, draw])
    chosen = rng.choice(len(SETTINGS), min(_checked(budget), len(SETTINGS)), replace=False)
    return [sweep.trial(SETTINGS[number], seed) for number in chosen]


def grid_search(sweep: Sweep, budget: int, seed: int, draw: int) -> list[SweepTrial]:
    """Try few rates with every combination of depth, batch size and width: as many rates as the budget has room for.

    Weight decay and augmentation, which a grid of so few trials has no room for, are fixed at random. The arguments are
    those of ``random_search``; ``draw`` also decides where the evenly spaced rates begin.
    """
    rng = np.random.default_rng([2, draw])
    combinations = list(product(DEPTHS, BATCH_SIZES, HEAD_WIDTHS))
    count = max(1, min(_checked(budget) // len(combinations), len(SWEPT_RATES)))
    step, begin = len(SWEPT_RATES) / count, rng.random()
    rates = [SWEPT_RATES[int((number + begin) * step)] for number in range(count)]
    decay, augment = WEIGHT_DECAYS[rng.integers(len(WEIGHT_DECAYS))], bool(rng.integers(2))
    tried = [
        Hyperparameters(rate, batch, decay, width, augment, blocks)
        for rate in rates
        for blocks, batch, width in combinations
    ]
    return [sweep.trial(setting, seed) for setting in tried[:budget]]


def successive_halving(sweep: Sweep, budget: int, seed: int, draw: int) -> list[SweepTrial]:
    """Begin many runs, and after each checkpoint go on with the better half (Jamieson and Talwalkar 2016).

    A run that goes on is not begun again, so the budget of so many whole trials pays for many more beginnings. The
    arguments are those of ``random_search``.

    Returns:
        Every measurement, in order; a setting that went on is there several times.
    """
    rng = np.random.default_rng([3, draw])
    counts = halving_rounds(budget)
    left = [SETTINGS[number] for number in rng.choice(len(SETTINGS), counts[0], replace=False)]
    seen: list[SweepTrial] = []
    for count, checkpoint in zip(counts, CHECKPOINTS, strict=True):
        measured = [sweep.trial(setting, seed, checkpoint) for setting in left[:count]]
        seen += measured
        left = [trial.setting for trial in sorted(measured, key=lambda trial: -trial.score)]
    return seen


def halving_rounds(budget: int) -> list[int]:
    """Return how many settings successive halving trains up to each checkpoint, for the epochs of so many whole trials.

    Raises:
        CourseError: ``budget`` is below 1.
    """
    epochs, lengths = _checked(budget) * CHECKPOINTS[-1], np.diff(CHECKPOINTS, prepend=0)
    rounds = [1] * len(CHECKPOINTS)
    for count in range(1, len(SETTINGS) + 1):
        tried = [max(1, count >> halvings) for halvings in range(len(CHECKPOINTS))]
        if int(np.dot(tried, lengths)) <= epochs:
            rounds = tried
    return rounds


def tpe_search(sweep: Sweep, budget: int, seed: int, draw: int) -> list[SweepTrial]:
    """Try what looks like the good trials so far and unlike the bad ones (TPE, Bergstra et al. 2011), by Optuna.

    The arguments are those of ``random_search``. A setting may be tried again, which costs a trial.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=draw, n_startup_trials=_START_OF_TPE)
    study = optuna.create_study(direction="maximize", sampler=sampler)
    trials: list[SweepTrial] = []
    for _ in range(_checked(budget)):
        asked = study.ask()
        setting = Hyperparameters(
            learning_rate=SWEPT_RATES[asked.suggest_int("rate", 0, len(SWEPT_RATES) - 1)],  # its place on a log axis
            batch_size=asked.suggest_categorical("batch_size", BATCH_SIZES),
            weight_decay=asked.suggest_categorical("weight_decay", WEIGHT_DECAYS),
            width=asked.suggest_categorical("width", HEAD_WIDTHS),
            augment=asked.suggest_categorical("augment", (False, True)),
            blocks=asked.suggest_categorical("blocks", DEPTHS),
        )
        trials.append(sweep.trial(setting, seed))
        study.tell(asked, trials[-1].score)
    return trials


SEARCHES: dict[str, Callable[[Sweep, int, int, int], list[SweepTrial]]] = {
    "grid": grid_search,
    "random": random_search,
    "successive halving": successive_halving,
    "TPE": tpe_search,
}


def winner(trials: Sequence[SweepTrial]) -> SweepTrial:
    """Return the best of the trials that ran to their end; the first of equals.

    Raises:
        CourseError: none did.
    """
    whole = [trial for trial in trials if trial.epochs == CHECKPOINTS[-1]]
    if not whole:
        raise CourseError("No trial ran to its end, so none can win. Try at least one for all its epochs.")
    return max(whole, key=lambda trial: trial.score)


def search_row(sweep: Sweep, method: str, budget: int, seed: int, draws: int) -> _Row:
    """Replay a search so many times and return what it finds on average, and what that is worth.

    Returns:
        A row: ``method``, ``budget``, ``seed``; and means over the draws: ``score``, the winner's validation accuracy
        in the search; ``again`` and ``test``, its accuracies on validation and test pictures when it is trained with
        the other seeds; ``luck``, by how much the score is above ``again``. For methods whose trials all run to their
        end also ``best_so_far`` and ``again_so_far``: the two of them, had the search ended after each trial.
    """
    found: list[tuple[float, float, float]] = []
    paths: list[list[tuple[float, float, float]]] = []
    for draw in range(draws):
        trials = SEARCHES[method](sweep, budget, seed, draw)
        found.append(_worth(sweep, winner(trials), seed))
        if all(trial.epochs == CHECKPOINTS[-1] for trial in trials):
            paths.append([_worth(sweep, winner(trials[: n + 1]), seed) for n in range(len(trials))])
    score, again, test = np.mean(found, axis=0).round(4).tolist()
    best_so_far, again_so_far, _ = np.mean(paths, axis=0).T.round(4).tolist() if paths else ([], [], [])
    return {
        "method": method,
        "budget": budget,
        "seed": seed,
        "score": score,
        "again": again,
        "test": test,
        "luck": round(score - again, 4),
        "best_so_far": best_so_far,
        "again_so_far": again_so_far,
    }


def _worth(sweep: Sweep, best: SweepTrial, seed: int) -> tuple[float, float, float]:
    """Return a winner's score, and its validation and test accuracies when it is trained with the other seeds."""
    return (best.score, *sweep.again(best.setting, seed))


def _checked(budget: int) -> int:
    if budget < 1:
        raise CourseError(f"budget={budget} is too small: a search needs at least one trial.")
    return budget


#: How often each search is replayed, with which budgets.
DRAWS = 40
BUDGETS = (5, 10, 20, 40)
SEARCH_CELLS = tuple(
    {"task": task, "method": method, "budget": budget, "seed": seed}
    for task, method, budget, seed in product(LABELS, SEARCHES, BUDGETS, SWEEP_SEEDS)
)


def measure_search(cell: _Row) -> list[_Row]:
    """Replay one cell's search on the recorded sweep of its task."""
    found = search_row(_recorded_sweep(cell["task"]), cell["method"], cell["budget"], cell["seed"], DRAWS)
    return [{"task": cell["task"], **found}]


@lru_cache(maxsize=len(LABELS))
def _recorded_sweep(task: str) -> Sweep:
    return Sweep(recorded(f"sweep-{task}"))
