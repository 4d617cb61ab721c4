"""Lesson 12's claims, on recordings: what matters, how searches compare, and how much of a winner is luck."""

import numpy as np
import pytest

from course_utils.experiments import SWEEP_GRID, Sweep, mean_over_seeds, recorded

pytestmark = pytest.mark.claims

TASKS = ("scans", "photo-textures")
BUDGET = 20


def _alone(task: str, seed: int) -> dict[str, float]:
    """Which share of the variance, in percent, each hyperparameter explains by itself."""
    rows = [row for row in Sweep(recorded(f"sweep-{task}")).rows() if row["seed"] == seed]
    whole = np.var([row["validation"] for row in rows])
    return {
        name: 100 * np.var([mean_over_seeds(rows, "validation", **{name: value}) for value in values]) / whole
        for name, values in SWEEP_GRID.items()
    }


def _points(method: str, column: str, task: str) -> np.ndarray:
    rows = [r for r in recorded("searches") if (r["method"], r["task"], r["budget"]) == (method, task, BUDGET)]
    return np.array([100 * row[column] for row in sorted(rows, key=lambda row: row["seed"])])


def _ahead(method: str, over: str, column: str) -> list[float]:
    return [float(a) for task in TASKS for a in _points(method, column, task) - _points(over, column, task)]


@pytest.mark.parametrize("task", TASKS)
def test_12a_the_learning_rate_explains_most(task, claims_table):
    leads = []
    for seed in range(3):
        alone = _alone(task, seed)
        leads.append(alone.pop("learning_rate") - max(alone.values()))
    what = f"{task}: variance that the rate explains, minus the next"
    assert claims_table.add("12a", what, leads, "at least 20", " pts") >= 20


@pytest.mark.parametrize("task", TASKS)
def test_12b_the_winner_of_twenty_trials_loses_when_it_is_trained_again(task, claims_table):
    what = f"{task}: points that random search's winner loses"
    assert claims_table.add("12b", what, _points("random", "luck", task), "at least 1", " pts") >= 1


def test_12c_random_search_is_ahead_of_a_grid(claims_table):
    what = "random minus grid, trained again, both tasks"
    assert claims_table.add("12c", what, _ahead("random", "grid", "again"), "at least 1", " pts") >= 1


def test_12d_tpe_is_ahead_in_the_search_and_hardly_again(claims_table):
    score = claims_table.add(
        "12d", "TPE minus random, in the search", _ahead("TPE", "random", "score"), "above 0", " pts"
    )
    again = claims_table.add(
        "12d", "TPE minus random, trained again", _ahead("TPE", "random", "again"), "within 1", " pts"
    )
    assert score > 0
    assert abs(again) <= 1


def test_12e_stopping_early_is_ahead_in_the_search_and_not_again(claims_table):
    ahead = {column: _ahead("successive halving", "random", column) for column in ("score", "again")}
    score = claims_table.add("12e", "halving minus random, in the search", ahead["score"], "at least 0.5", " pts")
    again = claims_table.add("12e", "halving minus random, trained again", ahead["again"], "within 1", " pts")
    assert score >= 0.5
    assert abs(again) <= 1


@pytest.mark.parametrize("task", TASKS)
def test_12f_large_batches_want_a_higher_rate(task, claims_table):
    sweep, middles = Sweep(recorded(f"sweep-{task}")), []
    for seed in sweep.seeds:
        rows = [row for row in sweep.rows() if row["seed"] == seed and row["blocks"] == 4]
        hill = {}
        for size in (8, 32):
            means = {
                r: mean_over_seeds(rows, "validation", batch_size=size, learning_rate=r)
                for r in SWEEP_GRID["learning_rate"]
            }
            weight = np.array([accuracy - min(means.values()) for accuracy in means.values()]) ** 4
            hill[size] = np.exp(np.average(np.log(list(means)), weights=weight))
        middles.append(hill[32] / hill[8])
    what = f"{task}: middle of the hill, batches of 32 over 8"
    assert claims_table.add("12f", what, middles, "at least 1.3", " times") >= 1.3
