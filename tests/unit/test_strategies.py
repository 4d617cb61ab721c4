"""Ways to learn a task: what each trains, what it costs, that runs repeat; and the grid of recordings."""

from functools import partial

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from course_utils.data import Dataset, Split
from course_utils.errors import CourseError
from course_utils.experiments import (
    GRID_TASKS,
    HELD_OUT_TASKS,
    STRATEGIES,
    Strategies,
    grid_cells,
    rank_correlation,
    strategies,
    strategy_rows,
)

RNG = np.random.default_rng(0)


def part(_name):
    """Stripes, upright or lying, under noise."""
    labels = np.arange(24) % 2
    wave = 100 * np.sin(np.arange(32) * np.pi / 4)
    stripes = np.stack([np.tile(wave, (32, 1)) if label else np.tile(wave, (32, 1)).T for label in labels])
    return Split((128 + stripes[..., None] + RNG.integers(-20, 21, (24, 32, 32, 3))).astype(np.uint8), labels)


@pytest.fixture(scope="module")
def ways():
    return Strategies(Dataset("stripes", ("lying", "upright"), part, "Drawn: stripes."))


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(strategies, "STEPS", 3)
    monkeypatch.setattr(strategies, "scratch_session", partial(strategies.scratch_session, steps=30))


@pytest.mark.parametrize("strategy", [*strategies.REUSING, strategies.SCRATCH])
def test_every_way_learns_an_easy_task_and_says_what_it_cost(ways, strategy):
    row = ways.run(strategy, 4, seed=0)
    assert 0 <= row["validation"] <= 1
    assert row["accuracy"] >= (0.4 if strategy == "everything" else 0.9)
    assert row["multiplications"] > 0


def test_the_same_run_gives_the_same_numbers_whatever_ran_before(ways):
    first = ways.run("LP-FT", 4, seed=1)
    ways.run("everything", 4, seed=0)
    ways.run("top block", 4, seed=0)
    assert ways.run("LP-FT", 4, seed=1) == first


def test_of_several_rates_validation_chooses_and_all_are_counted(ways, monkeypatch):
    def right(model, part):  # worse at the high rate
        return 0.4 if float(model.optimizer.learning_rate) > 1 else 0.8

    monkeypatch.setattr(strategies, "accuracy_on", right)
    one = ways.run("top block", 4, seed=0)
    monkeypatch.setitem(strategies._FINE_TUNED["embedded"], "top block", (1, (10.0, 1e-3)))
    assert ways.run("top block", 4, seed=0) == {**one, "multiplications": 2 * one["multiplications"]}
    assert one["chosen"] == "0.001"


def test_the_costs_are_in_the_order_of_what_is_trained(ways):
    features, top, everything = (
        ways.run(name, 4, seed=0)["multiplications"] for name in ("features, last block", "top block", "everything")
    )
    assert features < top < everything


def test_scratch_has_no_network_to_start_from_and_costs_what_its_steps_cost(ways):
    everything, scratch = (ways.run(name, 4, seed=0) for name in ("everything", "from scratch"))
    assert scratch == Strategies(ways.task, backbone_seed=1).run("from scratch", 4, seed=0)
    # The same network, all of it trained: 3 steps of 32 pictures, and 30 of the 8 there are.
    assert scratch["multiplications"] / everything["multiplications"] == 30 * 8 / (3 * 32)
    assert scratch["chosen"] == "0.001"


def test_few_pictures_are_repeated_until_they_fill_a_batch():
    few = Split(np.arange(5), np.arange(5))
    filled = strategies._filled(few)
    assert len(filled) == strategies.BATCH
    assert set(filled.labels.tolist()) == set(range(5))


def test_an_unknown_strategy_and_too_many_labels_are_refused(ways):
    with pytest.raises(CourseError, match="choose one of features"):
        ways.run("magic", 4, seed=0)
    with pytest.raises(CourseError, match="cannot be drawn"):
        ways.run("LP-FT", 400, seed=0)


@pytest.mark.parametrize("task", [*GRID_TASKS, *HELD_OUT_TASKS])
def test_every_cell_of_the_grid_has_every_strategy_on_five_seeds(task):
    cells = grid_cells(task)
    assert len(cells) >= (5 if task in GRID_TASKS else 3)
    assert [cell.labels for cell in cells] == sorted(cell.labels for cell in cells)
    for cell in cells:
        assert {len(cell.accuracies[strategy]) for strategy in STRATEGIES} == {5}
        assert min(map(cell.regret, STRATEGIES)) == 0
        assert cell.multiplications["from scratch"] > cell.multiplications["features, last block"]


def test_an_unknown_task_is_refused():
    with pytest.raises(CourseError, match="choose from shapes"):
        strategy_rows("cats")


def test_rank_correlation_of_known_orders():
    assert rank_correlation([1, 2, 3, 4, 5], [10, 20, 30, 40, 50])[0] == pytest.approx(1)
    assert rank_correlation([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])[0] == pytest.approx(-1)
    found, low, high = rank_correlation([1, 2, 3, 4], [1, 3, 2, 4])
    assert found == pytest.approx(0.8)  # 1 - 6 * 2 / (4 * 15)
    assert low < 0 < found < high
    assert rank_correlation([1, 1, 2, 3], [1, 1, 2, 3])[0] == pytest.approx(1)  # ties share a rank


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4))
def test_a_rank_correlation_is_scipys(pairs):
    x, y = zip(*pairs, strict=True)
    if len(set(x)) > 1 and len(set(y)) > 1:
        found, low, high = rank_correlation(x, y)
        assert found == pytest.approx(scipy.stats.spearmanr(x, y).statistic)
        assert low <= np.clip(found, -0.99, 0.99) <= high


def test_a_rank_correlation_needs_pairs_and_an_order():
    with pytest.raises(CourseError, match="at least 4"):
        rank_correlation([1, 2, 3], [1, 2, 3])
    with pytest.raises(CourseError, match="no order"):
        rank_correlation([1, 1, 1, 1], [1, 2, 3, 4])
