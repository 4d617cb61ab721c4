"""Lesson 04's claims. Rates and steps were chosen on validation pictures; what is claimed is on test pictures."""

import numpy as np
import pytest
from fine_tuned import beginning_with, features, points

from course_utils.experiments import Recipe, at_best_rate, gain, mean_over_seeds, recorded

pytestmark = [pytest.mark.claims, pytest.mark.heavy]


def test_04a_with_five_labels_features_match_fine_tuning_on_the_scans(claims_table):
    lead = _features_lead("scans")
    mean = claims_table.add("04a", "scans, 5 labels: features minus fine-tuned", lead, "at least -1", " pts")
    assert mean >= -1


def test_04a_except_on_the_textures_where_five_labels_are_enough_to_gain(claims_table):
    lead = _features_lead("photo-textures")
    mean = claims_table.add("04a", "photo textures, 5 labels: the same", lead, "the exception: below 0", " pts")
    assert mean < 0


def _features_lead(task: str) -> np.ndarray:
    return features(task, 5) - points("target", task, 5, Recipe(learning_rate=3e-4, steps=60))


def test_04b_probing_first_is_at_least_as_good_in_distribution_and_better_under_shift(claims_table):
    lp_ft, plain = beginning_with("probe"), beginning_with("random")
    gain, under_shift = lp_ft["target"] - plain["target"], lp_ft["shifted"] - plain["shifted"]
    what = "photo textures, 40 labels: LP-FT minus plain"
    assert claims_table.add("04b", what, gain, "at least 0", " pts") >= 0
    assert claims_table.add("04b", f"{what}, under shift", under_shift, "above 0", " pts") > 0


ALONE = [f"block {number} alone" for number in (1, 2, 3, 4)]


def _on_test(rows: list[dict], setting: str) -> np.ndarray:
    """Test accuracy in points, one per seed, at the rate that validation pictures chose."""
    return np.array([100 * row["target"] for row in at_best_rate(rows, setting=setting)])


def _best_single(rows: list[dict]) -> str:
    return max(ALONE, key=lambda name: mean_over_seeds(at_best_rate(rows, setting=name), "validation_target"))


def _lead_over_the_last(task: str) -> tuple[str, np.ndarray]:
    """Return the best single block of a task, and its lead over the last block alone on test pictures, per seed."""
    rows = recorded(f"unfrozen-{task}")
    best = _best_single(rows)
    return best, _on_test(rows, best) - _on_test(rows, ALONE[-1])


def test_04x_on_the_scans_the_last_block_is_not_the_one_to_unfreeze(claims_table):
    best, lead = _lead_over_the_last("scans")
    mean = claims_table.add("04x", f"scans: {best} minus the last alone", lead, "at least 3, each above 0", " pts")
    assert best == "block 3 alone"
    assert mean >= 3
    assert lead.min() > 0, "on every seed"


def test_04x_on_the_textures_it_is_another_block_by_a_small_lead(claims_table):
    best, lead = _lead_over_the_last("photo-textures")
    mean = claims_table.add("04x", f"photo textures: {best} minus the last alone", lead, "0 to 2: small", " pts")
    assert best == "block 2 alone"
    assert 0 <= mean <= 2


def test_04x_where_only_the_look_is_new_early_blocks_lead(claims_table):
    rows = recorded("unfrozen-noisy-source")
    last = _on_test(rows, ALONE[-1])
    leads = {name: _on_test(rows, name) - last for name in ALONE[:2]}
    for name, lead in leads.items():
        claims_table.add("04x", f"noisy source: {name} minus the last alone", lead, "each above 0", " pts")
        assert lead.min() > 0, "on every seed"
    assert leads["block 2 alone"].mean() >= 3


@pytest.mark.parametrize(("task", "most"), [("scans", 1), ("photo-textures", 2), ("noisy-source", 1)])
def test_04y_the_best_single_block_is_near_everything(task, most, claims_table):
    rows = recorded(f"unfrozen-{task}")
    best = _best_single(rows)
    behind = _on_test(rows, "everything") - _on_test(rows, best)
    assert claims_table.add("04y", f"{task}: everything minus {best}", behind, f"at most {most}", " pts") <= most


def test_04z_the_winners_validation_accuracy_promises_too_much(claims_table):
    rows = recorded("map-scans")
    cells = {}
    for row in rows:
        cells.setdefault((row["blocks"], row["learning_rate"]), []).append(row)
    gaps = {
        cell: np.array([100 * (row["validation_target"] - row["target"]) for row in of]) for cell, of in cells.items()
    }
    chosen = max(cells, key=lambda cell: mean_over_seeds(cells[cell], "validation_target"))
    excess = gaps[chosen] - np.mean(list(gaps.values()), axis=0)
    what = "scans, best of 30 cells: what it loses on test beyond an average cell"
    assert claims_table.add("04z", what, excess, "at least 1, each above 0", " pts") >= 1
    assert excess.min() > 0, "on every seed"


def test_04_with_the_effort_of_scratch_ten_labels_are_enough_to_fine_tune_on(claims_table):
    features = [row for row in recorded("labels-scans") if row["method"] == "features"]
    lead = gain(features + recorded("tuned-scans"), "fine-tuned", over="features", labels=10)
    mean = claims_table.add(
        "04", "scans, 10 labels, equal effort: fine-tuned minus features", lead, "at least 8", " pts"
    )
    assert mean >= 8
    assert min(lead) > 0, "on every seed"


def test_04_with_equal_effort_pretraining_is_worth_little_on_the_scans(claims_table):
    rows = recorded("scratch-scans") + recorded("tuned-scans")
    for labels, least, most in ((10, 0, 8), (50, -2, 3), (150, -2, 3)):
        lead = gain(rows, "fine-tuned", over="from scratch", labels=labels)
        what = f"scans, {labels} labels, equal effort: fine-tuned minus scratch"
        assert least <= claims_table.add("04", what, lead, f"{least} to {most}", " pts") <= most
