"""Lesson 04's claims. Rates and steps were chosen on validation pictures; what is claimed is on test pictures."""

import pytest
from fine_tuned import beginning_with, features, points

from course_utils.experiments import Recipe

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
