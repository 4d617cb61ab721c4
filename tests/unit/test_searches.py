"""Searches replayed on a made-up sweep: what they try, what it costs, and that luck is what does not come again."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.errors import CourseError
from course_utils.experiments.searches import (
    SEARCHES,
    Sweep,
    grid_search,
    halving_rounds,
    random_search,
    search_row,
    successive_halving,
    tpe_search,
    winner,
)
from course_utils.experiments.sweeps import (
    CHECKPOINTS,
    SETTINGS,
    SWEEP_SEEDS,
    SWEPT_RATES,
    Hyperparameters,
    sweep_cells,
)

RATE = SWEPT_RATES[4]


def made_up(noise: float = 0.0) -> Sweep:
    """A sweep in which the rate alone decides, all runs climb alike, and seeds differ by noise."""
    rng = np.random.default_rng(0)
    rows = []
    for cell in sweep_cells("scans"):
        worth = 0.9 - 0.1 * abs(SWEPT_RATES.index(cell["learning_rate"]) - SWEPT_RATES.index(RATE))
        curve = [worth * (1 - 0.5 / epochs) + noise * rng.normal() for epochs in CHECKPOINTS]
        rows.append({**cell, "validation": curve, "test": worth - 0.05})
    return Sweep(rows)


SWEEP = made_up()


@pytest.mark.parametrize("method", [name for name in SEARCHES if name != "successive halving"])
@pytest.mark.parametrize("budget", [1, 8, 20])
def test_a_search_spends_its_budget_on_whole_trials(method: str, budget: int) -> None:
    trials = SEARCHES[method](SWEEP, budget, 0, 0)
    assert len(trials) <= budget
    assert budget - len(trials) < 8  # a grid may have no room for one more rate
    assert {trial.epochs for trial in trials} == {CHECKPOINTS[-1]}


@given(st.integers(1, 100), st.integers(0, 5))
def test_halving_stays_within_its_budget_and_goes_on_with_the_better_half(budget: int, draw: int) -> None:
    trials = successive_halving(SWEEP, budget, 0, draw)
    longest: dict[Hyperparameters, int] = {}
    for trial in trials:
        longest[trial.setting] = max(trial.epochs, longest.get(trial.setting, 0))
    assert sum(longest.values()) <= budget * CHECKPOINTS[-1]
    rungs = [[trial for trial in trials if trial.epochs == epochs] for epochs in CHECKPOINTS]
    for before, after in pairwise(rungs):
        kept = {trial.setting for trial in after}
        dropped = [trial.score for trial in before if trial.setting not in kept]
        assert len(after) == max(1, len(before) // 2)
        assert min(trial.score for trial in before if trial.setting in kept) >= max(dropped, default=0)


def test_halving_costs_what_is_trained_and_no_epoch_twice() -> None:
    # 16 settings for 1 epoch, 8 for 1 more, 4 for 2, 2 for 4, 1 for 8: 48 epochs, three whole trials
    assert halving_rounds(3) == [16, 8, 4, 2, 1]
    assert halving_rounds(1) == [1, 1, 1, 1, 1]
    assert halving_rounds(10_000)[0] == len(SETTINGS)


def test_random_search_tries_nothing_twice_and_the_whole_table_holds_the_best() -> None:
    trials = random_search(SWEEP, len(SETTINGS) + 5, 1, 3)
    assert len({trial.setting for trial in trials}) == len(SETTINGS)
    assert winner(trials).setting.learning_rate == RATE


def test_a_grid_has_every_combination_of_few_rates() -> None:
    trials = grid_search(SWEEP, 24, 0, 0)
    rates = {trial.setting.learning_rate for trial in trials}
    assert (len(trials), len(rates)) == (24, 3)
    assert len({(t.setting.blocks, t.setting.batch_size, t.setting.width) for t in trials}) == 8
    assert len({(t.setting.weight_decay, t.setting.augment) for t in trials}) == 1


def test_tpe_learns_where_the_good_rates_are() -> None:
    def near(trials: list) -> float:
        return np.mean([abs(SWEPT_RATES.index(t.setting.learning_rate) - SWEPT_RATES.index(RATE)) for t in trials])

    found = [tpe_search(SWEEP, 40, 0, draw) for draw in range(3)]
    assert np.mean([near(t[20:]) for t in found]) < np.mean([near(t[:8]) for t in found]) - 0.25


@pytest.mark.parametrize("method", SEARCHES)
def test_a_search_is_decided_by_its_draw(method: str) -> None:
    first, same, other = (SEARCHES[method](SWEEP, 16, 0, draw) for draw in (0, 0, 1))
    assert first == same
    assert first != other


def test_luck_is_what_the_winner_loses_when_it_is_trained_again() -> None:
    calm = search_row(SWEEP, "random", 20, 0, draws=5)
    lucky = search_row(made_up(noise=0.05), "random", 20, 0, draws=5)
    assert calm["luck"] == pytest.approx(0, abs=1e-4)
    assert calm["again"] - calm["test"] == pytest.approx(0.05 - 0.5 / 16 * calm["again"] / (1 - 0.5 / 16), abs=1e-3)
    assert lucky["luck"] > 0.02
    assert calm["best_so_far"] == sorted(calm["best_so_far"])
    assert len(calm["best_so_far"]) == 20


def test_what_comes_again_is_of_the_other_seeds() -> None:
    sweep = made_up(noise=0.05)
    setting = SETTINGS[7]
    others = [sweep.trial(setting, seed).score for seed in SWEEP_SEEDS if seed != 1]
    assert sweep.again(setting, 1)[0] == pytest.approx(np.mean(others))


def test_what_was_not_recorded_is_refused() -> None:
    with pytest.raises(CourseError, match=r"no run with learning_rate=0\.5.*has the learning rates 1e-05"):
        SWEEP.trial(Hyperparameters(0.5, 8, 1e-4, 0, False, 1), 0)
    with pytest.raises(CourseError, match="epochs=3 was not measured; choose one of 1, 2, 4, 8, 16"):
        SWEEP.trial(SETTINGS[0], 0, 3)
    with pytest.raises(CourseError, match="at least one trial"):
        random_search(SWEEP, 0, 0, 0)
    with pytest.raises(CourseError, match="none can win"):
        winner([SWEEP.trial(SETTINGS[0], 0, 1)])
