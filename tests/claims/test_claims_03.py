"""Lesson 03's claims. Rates and steps were chosen on validation pictures; what is claimed is on test pictures."""

from dataclasses import replace
from functools import cache
from typing import Literal

import numpy as np
import pytest
from fine_tuned import GENTLE, HASTY, SEEDS, features, fine_tuning, points

from course_utils.experiments import FineTuning, Recipe
from course_utils.transfer import extract_features

pytestmark = [pytest.mark.claims, pytest.mark.heavy]


def test_03a_with_many_labels_fine_tuning_beats_features(claims_table):
    recipe = Recipe(learning_rate=3e-4, steps=300)
    gain = points("target", "scans", 500, recipe) - features("scans", 500)
    mean = claims_table.add("03a", "scans, 500 labels: fine-tuned minus features", gain, "at least 3", " pts")
    assert mean >= 3
    assert gain.min() > 0, "on every seed"


@pytest.mark.parametrize(("task", "labels"), [("scans", 5), ("photo-textures", 5)])
def test_03b_with_few_labels_features_match_fine_tuning(task, labels, claims_table):
    lead = features(task, labels) - points("target", task, labels, Recipe(learning_rate=3e-4, steps=60))
    mean = claims_table.add("03b", f"{task}, {labels} labels: features minus fine-tuned", lead, "at least -2", " pts")
    assert mean >= -2


def test_03c_a_rate_a_hundred_times_too_high_costs_ten_points(claims_table):
    best = points("target", "photo-textures", 40, GENTLE)
    loss = best - points("target", "photo-textures", 40, replace(GENTLE, learning_rate=1e-2))
    what = "photo textures, 40 labels: rate 1e-4 minus rate 1e-2"
    assert claims_table.add("03c", what, loss, "at least 10", " pts") >= 10


def shifted(images: np.ndarray) -> np.ndarray:
    """Return the same pictures in a different light: less contrast, brighter, with the noise of a poor sensor."""
    noise = np.random.default_rng(0).normal(0, 12, images.shape)
    return np.clip(0.55 * (images.astype(float) - 127.5) + 165 + noise, 0, 255).astype(np.uint8)


def target_accuracy(ft: FineTuning, images: np.ndarray) -> float:
    kernel, bias = ft.model.get_layer("target_head").get_weights()
    logits = extract_features(ft.network, images) @ kernel + bias
    return 100 * float((logits.argmax(1) == ft.target.test.labels).mean())


@cache
def beginning_with(head: Literal["probe", "random"]) -> dict[str, np.ndarray]:
    """Test accuracy in points after runs from this head, of ``target``, ``source`` and ``shifted`` target pictures."""
    found: dict[str, list[float]] = {"target": [], "source": [], "shifted": []}
    for seed in SEEDS:
        ft = fine_tuning("photo-textures", 40, seed % 3)
        run = ft.run(replace(HASTY, learning_rate=3e-4, head=head), seed)
        assert run["outcome"] == "done", "no claim rests on a run that diverged"
        for task in ("target", "source"):
            found[task].append(100 * run[task])
        found["shifted"].append(target_accuracy(ft, shifted(ft.target.test.inputs)))
    return {what: np.array(accuracies) for what, accuracies in found.items()}


def test_03d_probing_first_is_at_least_as_good_in_distribution_and_better_under_shift(claims_table):
    lp_ft, plain = beginning_with("probe"), beginning_with("random")
    gain, under_shift = lp_ft["target"] - plain["target"], lp_ft["shifted"] - plain["shifted"]
    what = "photo textures, 40 labels: LP-FT minus plain"
    assert claims_table.add("03d", what, gain, "at least 0", " pts") >= 0
    assert claims_table.add("03d", f"{what}, under shift", under_shift, "above 0", " pts") > 0


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
