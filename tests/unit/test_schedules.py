"""Ways to spread one rate: each starts from the same place and is measured on both tasks."""

import numpy as np
import pytest

from course_utils.experiments import FineTuning, schedules

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def ft():
    return FineTuning("scans", 5)


@pytest.mark.parametrize("schedule", ["a rate per block", schedules.GRADUAL])
def test_a_schedule_moves_every_block_and_leaves_the_statistics(ft, schedule, monkeypatch):
    monkeypatch.setattr(schedules, "EPOCHS", 1)
    monkeypatch.setattr(schedules, "STAGE", 1)
    row = schedules.run_schedule(ft, schedule, 1e-3, seed=0)
    assert set(row) == {"target", "source", "validation_target", "validation_source"}
    moved = {
        weight.path
        for weight, before in zip(ft.network.weights, ft.start, strict=True)
        if not np.array_equal(weight.numpy(), before)
    }
    assert not any("moving" in path for path in moved)
    assert {path.split("/")[-2].split("_")[0] for path in moved} == {"block1", "block2", "block3", "block4"}
