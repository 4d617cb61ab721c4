"""Lesson 06's claims: source accuracy is measured with the head that the network came with."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fine_tuned import HASTY, SEEDS, before, fine_tuning, points

from course_utils.experiments import Recipe

pytestmark = [pytest.mark.claims, pytest.mark.heavy]
LABELS = 100


def source(recipe=HASTY, lora_rank=None) -> np.ndarray:
    return points("source", "scans", LABELS, recipe, lora_rank)


def target(recipe=HASTY, lora_rank=None) -> np.ndarray:
    return points("target", "scans", LABELS, recipe, lora_rank)


def intact() -> np.ndarray:
    return before("scans", LABELS)


@pytest.mark.parametrize("fraction", [0.06, 0.1])
def test_06a_rehearsing_with_a_tenth_recovers_half_of_the_loss(fraction, claims_table):
    lost = intact() - source()
    recovered = 100 * (1 - (intact() - source(replace(HASTY, rehearsal=fraction))) / lost)
    what = f"share of the loss recovered, {fraction:.0%} rehearsal"
    assert claims_table.add("06a", what, recovered, "at least 50", " %") >= 50


def test_06b_at_equal_target_accuracy_wise_ft_keeps_more_of_the_source(claims_table):
    """Half the way back from a plain run, the share that its authors recommend untuned.

    Rate and steps were chosen on validation pictures. There a share of 0.3 looked better than a half; on test pictures
    it fell short on the target, so the choice of a half was not blind. On validation the rates from 3e-5 to 3e-4
    are equally good for the target. The highest has the most to give back; the lowest forgets least, and against that
    fairest rival the claim is only that averaging is no worse.
    """
    kept, learned = {}, {}
    for seed in SEEDS:
        ft = fine_tuning("photo-textures", 40, seed % 3)
        gentle = ft.run(Recipe(learning_rate=3e-5, steps=400), seed)
        plain = ft.run(Recipe(learning_rate=3e-4, steps=400), seed)
        ft.average(ft.model.get_weights(), 0.5)
        averaged = ft.accuracies()
        for rival, run in {"its run": plain, "3e-5": gentle}.items():
            learned.setdefault(rival, []).append(100 * (averaged["target"] - run["target"]))
            kept.setdefault(rival, []).append(100 * (averaged["source"] - run["source"]))
    what = "photo textures: WiSE-FT, half and half, minus"
    assert claims_table.add("06b", f"{what} its run, target", learned["its run"], "at least -1", " pts") >= -1
    assert claims_table.add("06b", f"{what} its run, source", kept["its run"], "at least 1", " pts") >= 1
    assert claims_table.add("06b", f"{what} 3e-5, target", learned["3e-5"], "at least -1", " pts") >= -1
    assert claims_table.add("06b", f"{what} 3e-5, source", kept["3e-5"], "at least -1", " pts") >= -1


def test_06b_at_the_same_rate_lora_keeps_far_more_of_the_source(claims_table):
    kept = source(HASTY, 4) - source()
    claims_table.add("06b", "scans, rate 1e-3: LoRA minus plain, target", target(HASTY, 4) - target(), "", " pts")
    assert claims_table.add("06b", "scans, rate 1e-3: LoRA minus plain, source", kept, "at least 20", " pts") >= 20


def test_06c_the_strength_of_ewc_leads_from_plain_fine_tuning_to_frozen(claims_table):
    strengths = (10, 100, 1000, 10000)
    # Strength 0 is plain fine-tuning, bit for bit: tests/unit/test_penalties.py.
    kept = [source(), *(source(replace(HASTY, penalty="ewc", strength=strength)) for strength in strengths)]
    for strength, accuracy in zip((0, *strengths), kept, strict=True):
        claims_table.add("06c", f"source accuracy, EWC strength {strength}", accuracy, "growing", " %")
    means = [accuracy.mean() for accuracy in kept]
    assert all(low < high + 1 for low, high in pairwise(means))
    assert intact().mean() - means[-1] <= 3, "the strongest keeps nearly all of the source"
