"""LoRA by rank: what the best matrix of a rank holds, and that a cell trains what it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.experiments import FineTuning, held_by, picture_ranks
from course_utils.experiments.picture_ranks import PICTURE_RANK_CELLS, measure_picture_rank
from course_utils.experiments.ranks import RANKS, measure_rank, rank_cells


@given(st.integers(1, 12), st.integers(1, 12), st.integers(0, 99))
def test_what_a_rank_holds_is_what_the_truncated_matrix_keeps(rows, columns, seed):
    change = np.random.default_rng(seed).normal(size=(rows, columns))
    u, s, v = np.linalg.svd(change, full_matrices=False)
    for rank, share in zip((1, 2, 4), held_by(change, (1, 2, 4)), strict=True):
        kept = (u[:, :rank] * s[:rank]) @ v[:rank]
        assert share == pytest.approx(1 - np.sum((change - kept) ** 2) / np.sum(change**2), abs=1e-9)


def test_a_change_of_rank_two_is_held_by_two():
    rng = np.random.default_rng(0)
    shares = held_by(rng.normal(size=(30, 2)) @ rng.normal(size=(2, 20)))
    assert shares[0] < 0.99
    assert shares[1:] == pytest.approx([1.0] * (len(RANKS) - 1))


def test_full_fine_tuning_and_every_rank_get_as_many_rates():
    cells = rank_cells(range(2))
    tried = {rank: {c["learning_rate"] for c in cells if c["rank"] == rank} for rank in (0, *RANKS)}
    assert {len(rates) for rates in tried.values()} == {4}
    assert len(cells) == 2 * 4 * (1 + len(RANKS))


@pytest.mark.slow
def test_a_cell_trains_updates_of_its_rank_or_everything():
    started = {rank: FineTuning("scans", 10, lora_rank=rank) for rank in (None, 2)}
    full, two = (measure_rank(started.__getitem__, rank, 1e-3, 0) for rank in (0, 2))
    assert two["trained"] < 0.03 * full["trained"]
    assert full["held_by"] == sorted(full["held_by"])
    assert "held_by" not in two
    kernels = [w for w in started[2].network.weights if w.name == "kernel"]
    starts = [s for s, w in zip(started[2].start, started[2].network.weights, strict=True) if w.name == "kernel"]
    for kernel, start in zip(kernels, starts, strict=True):
        np.testing.assert_array_equal(kernel, start)


@pytest.mark.slow
def test_a_network_of_photographs_keeps_its_names_unless_it_is_trained(monkeypatch):
    for name, value in (("_LABELS", 2), ("_EPOCHS", 1)):
        monkeypatch.setattr(picture_ranks, name, value)
    picture_ranks._tuning.cache_clear()
    cell = {"rank": 1, "seed": 0}
    (hot,) = measure_picture_rank({**cell, "learning_rate": 0.3})
    (still,) = measure_picture_rank({**cell, "learning_rate": 0.0})  # from the same start, in the same network
    assert still["kept"] == 1 > hot["kept"]
    assert still["target"] > 0.6
    assert 0 < still["trained"] < 100_000
    picture_ranks._tuning.cache_clear()


def test_every_rank_on_photographs_gets_as_many_rates():
    tried = {cell["rank"]: set() for cell in PICTURE_RANK_CELLS}
    for cell in PICTURE_RANK_CELLS:
        tried[cell["rank"]].add(cell["learning_rate"])
    assert {len(rates) for rates in tried.values()} == {4}
