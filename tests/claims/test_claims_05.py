"""Lesson 05's claims, on the scans: source accuracy is measured with the head that the network came with."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from fine_tuned import HASTY, before, points

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
        what = f"source points lost with {blocks} blocks thawed"
        claims_table.add("05b", what, points_lost, "growing, by 10 in all", " pts")
    means = [points_lost.mean() for points_lost in lost]
    assert all(low < high + 1 for low, high in pairwise(means))
    assert means[-1] - means[0] >= 10
