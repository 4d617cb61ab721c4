"""Lesson 05's claims, on the scans: source accuracy is measured with the head that the network came with."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fine_tuned import HASTY, before, points

from course_utils.experiments import recorded

pytestmark = [pytest.mark.claims, pytest.mark.heavy]
RATES = (1e-5, 1e-4, 1e-3, 1e-2)
LABELS = 100


def source(recipe) -> np.ndarray:
    return points("source", "scans", LABELS, recipe)


def intact() -> np.ndarray:
    return before("scans", LABELS)


def test_05a_forgetting_grows_with_the_learning_rate_over_four_decades(claims_table):
    forgotten = [intact() - source(replace(HASTY, learning_rate=rate)) for rate in RATES]
    for rate, lost in zip(RATES, forgotten, strict=True):
        claims_table.add(
            "05a", f"source points lost at a rate of {rate:g}", lost, "growing; at least 20 in all", " pts"
        )
    means = [lost.mean() for lost in forgotten]
    assert all(low < high + 1 for low, high in pairwise(means))
    assert means[-1] - means[0] >= 20


def test_05b_freezing_more_blocks_forgets_less(claims_table):
    lost = [intact() - source(replace(HASTY, blocks=blocks)) for blocks in range(5)]
    for blocks, points_lost in enumerate(lost):
        what = f"source points lost with {blocks} blocks unfrozen"
        claims_table.add("05b", what, points_lost, "growing, by 10 in all", " pts")
    means = [points_lost.mean() for points_lost in lost]
    assert all(low < high + 1 for low, high in pairwise(means))
    assert means[-1] - means[0] >= 10


def _refitted(column: str, network: str, rate: float = 0.0) -> np.ndarray:
    """Source accuracy in points, one per seed, from the recording."""
    rows = [r for r in recorded("refitted-scans") if (r["network"], r["learning_rate"]) == (network, rate)]
    return np.array([100 * row[column] for row in sorted(rows, key=lambda row: row["seed"])])


def test_05c_at_1e_3_most_of_the_loss_is_misread_and_at_3e_3_most_is_lost(claims_table):
    whole, nothing = _refitted("new_head", "pretrained"), _refitted("new_head", "random")
    for rate, more_misread in ((1e-3, True), (3e-3, False)):
        old_head, new_head = (_refitted(f"{head}_head", "fine-tuned", rate) for head in ("old", "new"))
        misread, lost = new_head - old_head, whole - new_head
        what = f"scans, rate {rate:g}: misread minus lost"
        mean = claims_table.add("05c", what, misread - lost, f"{'above' if more_misread else 'below'} 0", " pts")
        assert (mean > 0) == more_misread
    above = _refitted("new_head", "fine-tuned", 1e-3) - nothing
    assert claims_table.add("05c", "rate 1e-3: new head above random weights", above, "at least 20", " pts") >= 20


def test_05d_from_a_random_head_the_target_gives_no_warning(claims_table):
    """At 3e-4 the target does as well as at any rate, give or take two standard errors, and the source has paid."""
    rows = [r for r in recorded("front-scans") if r["method"] == "plain"]
    by_rate = {rate: [r for r in rows if r["learning_rate"] == rate] for rate in {r["learning_rate"] for r in rows}}
    target = {rate: np.mean([r["validation_target"] for r in of]) for rate, of in by_rate.items()}
    lost = [
        100 * (0.01 * intact - r["source"]) for intact, r in zip(before("scans", LABELS), by_rate[3e-4], strict=True)
    ]
    behind = [100 * (max(target.values()) - target[3e-4])]
    what = "scans, random head at 3e-4: "
    assert claims_table.add("05d", f"{what}target behind the best rate", behind, "at most 4", " pts") <= 4
    assert claims_table.add("05d", f"{what}source lost", lost, "at least 20", " pts") >= 20
