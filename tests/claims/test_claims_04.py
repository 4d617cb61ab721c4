"""Lesson 04's claims. Rates and steps were chosen on validation pictures; what is claimed is on test pictures."""

import numpy as np
import pytest
from fine_tuned import beginning_with, features, points

from course_utils.experiments import Recipe, at_best_rate, mean_over_seeds, recorded

pytestmark = [pytest.mark.claims, pytest.mark.heavy]


@pytest.mark.parametrize(("task", "labels"), [("scans", 5), ("photo-textures", 5)])
def test_04a_with_few_labels_features_match_fine_tuning(task, labels, claims_table):
    lead = features(task, labels) - points("target", task, labels, Recipe(learning_rate=3e-4, steps=60))
    mean = claims_table.add("04a", f"{task}, {labels} labels: features minus fine-tuned", lead, "at least -2", " pts")
    assert mean >= -2


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


def test_04x_on_the_scans_the_last_block_is_not_the_one_to_unfreeze(claims_table):
    rows = recorded("unfrozen-scans")
    best = _best_single(rows)
    lead = _on_test(rows, best) - _on_test(rows, ALONE[-1])
    assert best != ALONE[-1]
    assert claims_table.add("04x", f"scans: {best} minus the last block alone", lead, "at least 2", " pts") >= 2


def test_04y_the_best_single_block_is_near_everything(claims_table):
    rows = recorded("unfrozen-scans")
    best = _best_single(rows)
    behind = _on_test(rows, "everything") - _on_test(rows, best)
    assert claims_table.add("04y", f"scans: everything minus {best}", behind, "at most 2", " pts") <= 2


def test_04z_the_winners_validation_accuracy_promises_too_much(claims_table):
    rows = recorded("map-scans")
    gaps = {}
    for row in rows:
        gap = 100 * (row["validation_target"] - row["target"])
        gaps.setdefault(row["seed"], []).append((row["validation_target"], gap))
    excess = [max(of)[1] - np.mean([gap for _, gap in of]) for of in gaps.values()]
    what = "scans, best of 30 cells: what it loses on test beyond an average cell"
    assert claims_table.add("04z", what, excess, "above 0", " pts") > 0
