"""Lesson 03's claims. Rates and steps were chosen on validation pictures; what is claimed is on test pictures."""

from dataclasses import replace

import pytest
from fine_tuned import GENTLE, beginning_with, features, points

from course_utils.experiments import Recipe

pytestmark = [pytest.mark.claims, pytest.mark.heavy]


def test_03a_with_many_labels_fine_tuning_beats_features(claims_table):
    recipe = Recipe(learning_rate=3e-4, steps=300)
    gain = points("target", "scans", 500, recipe) - features("scans", 500)
    mean = claims_table.add("03a", "scans, 500 labels: fine-tuned minus features", gain, "at least 3", " pts")
    assert mean >= 3
    assert gain.min() > 0, "on every seed"


def test_03c_a_rate_a_hundred_times_too_high_costs_ten_points(claims_table):
    best = points("target", "photo-textures", 40, GENTLE)
    loss = best - points("target", "photo-textures", 40, replace(GENTLE, learning_rate=1e-2))
    what = "photo textures, 40 labels: rate 1e-4 minus rate 1e-2"
    assert claims_table.add("03c", what, loss, "at least 10", " pts") >= 10


def test_03e_batchnorm_in_training_mode_costs_source_accuracy(claims_table):
    frozen = points("source", "photo-textures", 40, GENTLE)
    loss = frozen - points("source", "photo-textures", 40, replace(GENTLE, batchnorm="training"))
    assert claims_table.add("03e", "source: statistics frozen minus moving", loss, "at least 3", " pts") >= 3


def test_03e_batchnorm_in_training_mode_costs_target_accuracy_with_small_batches(claims_table):
    small = replace(GENTLE, batch_size=4, steps=200)
    frozen = points("target", "photo-textures", 40, small)
    loss = frozen - points("target", "photo-textures", 40, replace(small, batchnorm="training"))
    assert claims_table.add("03e", "target, batches of 4: statistics frozen minus moving", loss, "above 0", " pts") > 0


def test_03f_training_the_head_first_saves_twenty_points_of_the_source(claims_table):
    saved = beginning_with("probe")["source"] - beginning_with("random")["source"]
    assert claims_table.add("03f", "source: head first minus random head", saved, "at least 20", " pts") >= 20
