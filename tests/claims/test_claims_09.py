"""Lesson 09's claims, on recordings: LoRA by rank and rate, beside full fine-tuning that was tuned as well."""

import numpy as np
import pytest

from course_utils.experiments import at_best_rate, recorded

pytestmark = pytest.mark.claims

TASKS = ("scans", "photo-textures")


def _best(task: str, rank: int) -> list[dict]:
    return sorted(at_best_rate(recorded(f"ranks-{task}"), rank=rank), key=lambda row: row["seed"])


def _points(rows: list[dict], column: str = "target") -> np.ndarray:
    return np.array([100 * row[column] for row in rows])


def _setting(task: str, setting: tuple[int, float]) -> list[dict]:
    rows = [row for row in recorded(f"ranks-{task}") if (row["rank"], row["learning_rate"]) == setting]
    return sorted(rows, key=lambda row: row["seed"])


def _keeping_most(task: str, among: tuple[int, ...]) -> list[dict]:
    """Return the setting that keeps most of the source, of those within a point of the best full run (validation)."""
    goal = _points(_best(task, 0), "validation_target").mean() - 1
    settings = dict.fromkeys((row["rank"], row["learning_rate"]) for row in recorded(f"ranks-{task}"))
    equal = [
        rows for key in settings if key[0] in among and _mean(rows := _setting(task, key), "validation_target") >= goal
    ]
    return max(equal, key=lambda rows: _mean(rows, "validation_source"))


def _mean(rows: list[dict], column: str) -> float:
    return float(_points(rows, column).mean())


@pytest.mark.parametrize("task", TASKS)
def test_09a_a_rank_of_16_comes_within_a_point_of_full_fine_tuning(task, claims_table):
    behind = _points(_best(task, 0)) - _points(_best(task, 16))
    assert claims_table.add("09a", f"{task}: full minus rank 16, each at its rate", behind, "at most 1", " pts") <= 1


@pytest.mark.parametrize("task", TASKS)
def test_09b_the_highest_rank_is_not_the_best(task, claims_table):
    others = max((_points(_best(task, rank)) for rank in (8, 16, 32)), key=np.mean)
    ahead = _points(_best(task, 64)) - others
    what = f"{task}: rank 64 minus the best of 8 to 32"
    assert claims_table.add("09b", what, ahead, "at most 1", " pts") <= 1


@pytest.mark.parametrize("task", TASKS)
def test_09c_updates_beside_frozen_kernels_forget(task, claims_table):
    lost = _points(_setting(task, (1, 3e-4)), "source") - _points(_best(task, 4), "source")  # from the gentlest run
    assert claims_table.add("09c", f"{task}: source lost at rank 4, best rate", lost, "at least 15", " pts") >= 15


def test_09d_at_equal_learning_full_fine_tuning_keeps_more_on_scans_and_lora_on_photo_textures(claims_table):
    ahead = {}
    for task in TASKS:
        full, lora = (_points(_keeping_most(task, among), "source") for among in ((0,), (1, 2, 4, 8, 16, 32, 64)))
        ahead[task] = claims_table.add("09d", f"{task}: kept, LoRA minus full", lora - full, "-5, +5", " pts")
    assert ahead["scans"] <= -5
    assert ahead["photo-textures"] >= 5


@pytest.mark.parametrize("task", TASKS)
def test_09e_what_full_fine_tuning_changes_is_not_of_low_rank(task, claims_table):
    held = np.array([100 * row["held_by"][2] for row in _best(task, 0)])  # by rank 4
    what = f"{task}: share of the change that rank 4 holds"
    assert claims_table.add("09e", what, held, "at most 75", " %") <= 75


def test_09f_on_words_rank_4_is_within_a_point_of_full_fine_tuning(claims_table):
    rows = recorded("text-ranks")
    full, four = (sorted(at_best_rate(rows, rank=rank), key=lambda row: row["seed"]) for rank in (0, 4))
    behind = _points(full) - _points(four)
    assert claims_table.add("09f", "words: full minus rank 4, each at its rate", behind, "at most 1", " pts") <= 1


def test_09g_on_a_network_of_photographs_rank_4_is_within_a_point_of_full_fine_tuning(claims_table):
    rows = recorded("ranks-photo-textures-96")
    full, four = (sorted(at_best_rate(rows, rank=rank), key=lambda row: row["seed"]) for rank in (0, 4))
    behind = _points(full) - _points(four)
    what = "EfficientNet-Lite0, textures: full minus rank 4"
    assert claims_table.add("09g", what, behind, "at most 1", " pts") <= 1


@pytest.mark.parametrize("rank", [1, 4, 16])
def test_09h_every_rank_loses_names_and_a_gentle_rate_in_full_keeps_about_as_many(rank, claims_table):
    rows = recorded("ranks-photo-textures-96")
    lora = sorted(at_best_rate(rows, rank=rank), key=lambda row: row["seed"])
    gentle = sorted((r for r in rows if (r["rank"], r["learning_rate"]) == (0, 1e-5)), key=lambda row: row["seed"])
    lost = 100 - _points(lora, "kept")
    assert claims_table.add("09h", f"EfficientNet-Lite0, rank {rank}: names lost", lost, "at least 10", " %") >= 10
    more = _points(lora, "kept") - _points(gentle, "kept")
    what = f"names kept, rank {rank} minus full at 1e-5"
    assert claims_table.add("09h", what, more, "at most 5", " pts") <= 5
