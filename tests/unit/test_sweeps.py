"""A sweep of hyperparameters: the grid that is recorded, and that a cell runs what it says."""

import numpy as np
import pytest

from course_utils.data import load_dataset
from course_utils.experiments.sweeps import (
    CHECKPOINTS,
    LABELS,
    SETTINGS,
    SWEEP_GRID,
    SWEEP_SEEDS,
    SWEPT_RATES,
    Hyperparameters,
    measure_setting,
    sweep_cells,
    sweep_parts,
)


def test_every_combination_is_a_setting_once():
    assert len(SETTINGS) == len(set(SETTINGS)) == np.prod([len(values) for values in SWEEP_GRID.values()])
    cells = sweep_cells("scans")
    assert len({tuple(cell.items()) for cell in cells}) == len(SETTINGS) * len(SWEEP_SEEDS)


def test_the_rates_are_even_on_a_logarithmic_axis():
    steps = np.diff(np.log10(SWEPT_RATES))
    assert steps == pytest.approx(np.full(9, 4 / 9), abs=0.05)  # they are rounded to two digits


@pytest.mark.parametrize("task", LABELS)
def test_the_parts_of_a_sweep_do_not_overlap_and_choosing_ones_are_few(task):
    few, choosing, test = sweep_parts(load_dataset(task))
    assert len(choosing) <= 100 <= len(test)
    pictures = [picture.tobytes() for part in (few, choosing, test) for picture in part.inputs]
    assert len(set(pictures)) >= 0.99 * len(pictures)


@pytest.mark.slow
def test_a_cell_is_repeatable_and_learns():
    cell = {"learning_rate": 0.0006, "batch_size": 32, "weight_decay": 1e-4, "width": 0, "augment": False, "blocks": 1}
    (first,), (same,) = (measure_setting("scans", {**cell, "seed": 0}) for _ in range(2))
    (other,) = measure_setting("scans", {**cell, "seed": 1})
    assert len(first["validation"]) == len(CHECKPOINTS)
    assert first["validation"] == pytest.approx(same["validation"], abs=0.03)
    assert first["validation"] != other["validation"]
    assert first["test"] > 0.55


def test_a_run_that_diverges_only_guesses():
    cell = {"learning_rate": 1e30, "batch_size": 32, "weight_decay": 1e-4, "width": 0, "augment": False, "blocks": 4}
    (row,) = measure_setting("scans", {**cell, "seed": 0})
    assert row["validation"][-1] == pytest.approx(0.5, abs=0.05)
    assert row["test"] == pytest.approx(0.5, abs=0.05)
    assert Hyperparameters(**cell) not in SETTINGS
