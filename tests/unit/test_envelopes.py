"""The rounds of *ten envelopes*: a leak shares groups, nothing else does, and a winner is the best of its trials."""

import numpy as np
import pytest

from course_utils.experiments import envelopes
from course_utils.experiments.envelopes import ENVELOPE_CELLS, Pool, measure_envelope


@pytest.fixture
def pool(monkeypatch) -> Pool:
    """Thirty groups of six inputs; a group's own place in the space is far stronger than its class."""
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 60)
    groups = np.repeat(np.arange(30), 6)
    features = rng.normal(0, 1.5, (30, 12))[groups] + 0.8 * np.eye(3, 12)[labels] + rng.normal(0, 0.5, (180, 12))
    drawn = Pool(features.astype(np.float32), labels, groups, "plant", (features + 2).astype(np.float32))
    monkeypatch.setattr(envelopes, "_pool", lambda task: drawn)
    return drawn


def rounds(kind: str) -> list[dict]:
    return [row for seed in range(12) for row in measure_envelope({"task": "leaves", "kind": kind, "seed": seed})]


def promised(row: dict) -> float:
    return row["right_on_validation"] / row["validation"] - row["accuracy"]


def test_validation_promises_too_much_after_a_leak_and_after_a_search(pool):
    honest, leak, winner = (np.mean([promised(row) for row in rounds(kind)]) for kind in ("honest", "leak", "winner"))
    assert abs(honest) < 0.08
    assert leak > honest + 0.1
    assert winner > honest + 0.05


def test_a_round_counts_the_groups_of_its_parts(pool):
    for row in rounds("honest"):
        assert 1 <= row["validation_groups"] <= row["validation"]
        assert row["test_groups"] <= 8  # a fifth of thirty groups, and some for classes that would be left out
        assert 0 <= row["right_on_test"] <= row["test"]
    assert max(row["validation_groups"] for row in rounds("leak")) > 8


def test_every_task_has_honest_rounds_and_winners():
    kinds = {task: {cell["kind"] for cell in ENVELOPE_CELLS if cell["task"] == task} for task in envelopes._TASKS}
    assert all({"honest", "winner"} <= found for found in kinds.values())
