"""Lesson 06's claims: source accuracy is measured with the head that the network came with."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fine_tuned import HASTY, before, points

from course_utils.data import load_dataset
from course_utils.experiments import at_equal_target, mean_over_seeds, recorded

pytestmark = [pytest.mark.claims, pytest.mark.heavy]
LABELS = 100


def source(recipe=HASTY, lora_rank=None) -> np.ndarray:
    return points("source", "scans", LABELS, recipe, lora_rank)


def target(recipe=HASTY, lora_rank=None) -> np.ndarray:
    return points("target", "scans", LABELS, recipe, lora_rank)


def intact() -> np.ndarray:
    return before("scans", LABELS)


def _front(method: str, rate: float, strength: float = 0) -> np.ndarray:
    """Source accuracy in points on the recorded front, one per seed."""
    wanted = (method, rate, strength)
    rows = [r for r in recorded("front-scans") if (r["method"], r["learning_rate"], r["strength"]) == wanted]
    return np.array([100 * row["source"] for row in sorted(rows, key=lambda row: row["seed"])])


@pytest.mark.parametrize("fraction", [0.06, 0.12])
def test_06a_a_little_rehearsal_recovers_half_of_the_loss(fraction, claims_table):
    plain, rehearsed = _front("plain", 3e-4), _front("rehearsal", 3e-4, fraction)
    recovered = 100 * (rehearsed - plain) / (intact() - plain)
    what = f"share of the loss at 3e-4 recovered, {fraction:.0%} rehearsal"
    assert claims_table.add("06a", what, recovered, "at least 50", " %") >= 50


def _equal() -> dict[str, list[dict]]:
    """Each method's setting, chosen as in the lesson: on validation pictures, within two standard errors."""
    rows = recorded("front-scans")
    goal = np.mean([row["validation_target"] for row in at_equal_target(rows)["plain"]])
    pictures = len(load_dataset("scans").validation)
    return at_equal_target(rows, within=2 * np.sqrt(goal * (1 - goal) / pictures))


def _next_to_a_lower_rate(method: str) -> list[float]:
    equal = _equal()
    return [100 * (a["source"] - b["source"]) for a, b in zip(equal[method], equal["lower rate"], strict=True)]


def test_06b_at_equal_target_accuracy_rehearsal_keeps_more_than_a_lower_rate_in_every_seed(claims_table):
    gain = _next_to_a_lower_rate("rehearsal")
    claims_table.add("06b", "scans, at equal target: rehearsal minus a lower rate, source", gain, "at least 5", " pts")
    assert np.mean(gain) >= 5
    assert min(gain) > 0


@pytest.mark.parametrize("method", ["lora", "wise-ft"])
def test_06b_at_equal_target_accuracy_lora_and_averaging_keep_no_more_than_a_lower_rate(method, claims_table):
    gain = _next_to_a_lower_rate(method)
    what = f"scans, at equal target: {method} minus a lower rate, source"
    assert claims_table.add("06b", what, gain, "at most 0", " pts") <= 0


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


def test_06d_over_three_tasks_a_gentle_plain_run_does_as_well_as_the_remedies(claims_table):
    rows, average = recorded("sequences"), {}
    for way in ("plain", "rehearsal", "LoRA"):
        of = [row for row in rows if row["way"] == way]
        rates = {row["learning_rate"] for row in of}
        best = max(rates, key=lambda r: mean_over_seeds(of, "validation_average_accuracy", learning_rate=r))
        average[way] = np.array([100 * row["average_accuracy"] for row in of if row["learning_rate"] == best])
    for way in ("rehearsal", "LoRA"):
        what = f"three tasks, average accuracy: plain minus {way}"
        assert claims_table.add("06d", what, average["plain"] - average[way], "at least -1", " pts") >= -1
