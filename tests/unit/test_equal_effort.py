"""Equal effort for random and pretrained weights: rate and length chosen on validation pictures, test opened once."""

import numpy as np
import pytest

from course_utils.data import Dataset, Split
from course_utils.experiments import FineTuning, equal_effort, tuned_fine_tuning, tuned_scratch
from course_utils.transfer.sessions import Event, shift_and_flip

#: By rate: the validation accuracy after each hundred steps; on test pictures every network is as good as there.
CURVES = {1e-3: [0.5, 0.7, 0.6, 0.6, 0.6, 0.75], 3e-3: [0.4, 0.6, 0.8, 0.7]}
PARTS = ("train", "validation", "test")


class Stub:
    """Stands in for a session and its model, whose only weight is the rate and the step."""

    def __init__(self, rate):
        self.model, self.rate, self.weights = self, rate, (rate, 0)

    def events(self):
        for step in range(1, 100 * len(CURVES[self.rate]) + 1):
            self.weights = (self.rate, step)
            yield Event("step", step, step)
            yield Event("epoch", step, step)

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def test_the_best_stage_of_the_best_rate_is_kept_and_measured_once_on_test_pictures(monkeypatch):
    opened = []

    def accuracy(model, pictures):
        opened.append((PARTS[int(pictures.labels[0])], model.weights))
        rate, step = model.weights
        return CURVES[rate][step // 100 - 1]

    monkeypatch.setattr(equal_effort, "scratch_session", lambda _data, _labels, _seed, _steps, rate: Stub(rate))
    monkeypatch.setattr(equal_effort, "accuracy_on", accuracy)
    parts = {part: Split(np.zeros((1, 2, 2, 3), np.uint8), np.array([n])) for n, part in enumerate(PARTS)}
    chosen = tuned_scratch(Dataset("dots", ("a", "b", "c"), parts.__getitem__, "Drawn: nothing."), 5, seed=0)
    assert chosen == {"learning_rate": 3e-3, "steps": 300, "validation": 0.8, "accuracy": 0.8}
    assert [weights for part, weights in opened if part == "test"] == [(3e-3, 300)]


@pytest.fixture(scope="module")
def scans():
    return FineTuning("scans", 5)


def test_pretrained_weights_get_the_steps_the_batches_and_the_augmentation_of_scratch(scans, monkeypatch):
    monkeypatch.setattr(equal_effort, "LONGEST", 20)
    monkeypatch.setattr(equal_effort, "STAGE", 10)
    scratch, tuned = [], []
    kept = equal_effort._tuned

    def spy(into):
        def run(sessions, rates, measure):
            return kept((into.append(s) or s for s in sessions), rates, measure)

        return run

    monkeypatch.setattr(equal_effort, "_tuned", spy(scratch))
    tuned_scratch(scans.target, 5, seed=0)
    monkeypatch.setattr(equal_effort, "_tuned", spy(tuned))
    chosen = tuned_fine_tuning(scans, seed=0)

    def effort(sessions):
        return [(s.epochs, s.batch_size, s.augment, len(s.train)) for s in sessions]

    assert effort(scratch) == effort(tuned) == [(20, 10, shift_and_flip, 10)] * 2
    assert chosen["steps"] in (10, 20)
    assert chosen["learning_rate"] in equal_effort.PRETRAINED_RATES
    assert chosen["accuracy"] == scans.accuracies("test")["target"], "the model is left as it was measured"
