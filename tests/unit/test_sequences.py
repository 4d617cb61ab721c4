"""Tasks in a row: every task keeps its own head, and old heads stay as they were."""

import numpy as np
import pytest

from course_utils.experiments import TasksInARow, sequences

pytestmark = pytest.mark.heavy


@pytest.mark.parametrize("way", sequences.WAYS)
def test_old_heads_stay_and_only_learned_tasks_are_measured(way):
    learner = TasksInARow(way, 1e-3, seed=0)
    assert [accuracy is None for accuracy in learner.accuracies("validation")] == [False, True, True]
    learner.learn_next("scans", epochs=1)
    heads = {task: head.get_weights() for task, head in learner.heads.items()}
    before = learner.network.get_weights()
    learner.learn_next("photo-textures", epochs=1)
    assert list(learner.heads) == ["source", "scans", "photo-textures"]
    for task, weights in heads.items():
        for was, now in zip(weights, learner.heads[task].get_weights(), strict=True):
            np.testing.assert_array_equal(was, now)
    assert any(not np.array_equal(was, now) for was, now in zip(before, learner.network.get_weights(), strict=True))
    assert None not in learner.accuracies("validation")


def test_rehearsal_shows_pictures_of_all_tasks_before(monkeypatch):
    shown = []
    monkeypatch.setattr(sequences, "train", lambda model, new, **how: shown.append((new, how["rehearsal"])))
    learner = TasksInARow("rehearsal", 1e-3, seed=0)
    learner.learn_next("scans")
    learner.learn_next("photo-textures")
    (first_new, first), (_, second) = shown
    assert first.fraction == sequences.REHEARSED
    assert first.pictures.labels.max() < first_new.labels.min()  # the source's columns alone
    assert set(first_new.labels) <= set(second.pictures.labels)  # now the scans as well
