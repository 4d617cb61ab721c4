"""Training from scratch as a fair control: rate and length are chosen on validation pictures, test is opened once."""

import numpy as np
import pytest

from course_utils.data import Dataset, Split
from course_utils.experiments import budgets, tuned_scratch
from course_utils.transfer.sessions import Event

#: By rate: the validation accuracy after each hundred steps; on test pictures every network is as good as its weight.
CURVES = {1e-3: [0.5, 0.7, 0.6, 0.6, 0.6, 0.9], 3e-3: [0.4, 0.6, 0.8, 0.7]}


class Stub:
    """Stands in for a session and its model, whose only weight is the rate and the step."""

    def __init__(self, rate):
        self.model, self.rate, self.weights, self.stopped = self, rate, (rate, 0), False

    def events(self):
        for step in range(1, 100 * len(CURVES[self.rate]) + 1):
            if self.stopped:
                return
            self.weights = (self.rate, step)
            yield Event("step", step, step)
            yield Event("epoch", step, step)

    def stop(self):
        self.stopped = True

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


@pytest.fixture
def opened(monkeypatch):
    """The parts that were measured, with the weights that they were measured with."""
    measured = []

    def accuracy(model, pictures):
        measured.append((int(pictures.labels[0]), model.weights))
        rate, step = model.weights
        return CURVES[rate][step // 100 - 1]

    monkeypatch.setattr(budgets, "scratch_session", lambda *_, learning_rate: Stub(learning_rate))
    monkeypatch.setattr(budgets, "_accuracy", accuracy)
    return measured


def task():
    parts = {part: Split(np.zeros((1, 2, 2, 3), np.uint8), np.array([n])) for n, part in enumerate(PARTS)}
    return Dataset("dots", ("a", "b", "c"), parts.__getitem__, "Drawn: nothing.")


PARTS = ("train", "validation", "test")


def test_the_best_stage_of_the_best_rate_is_kept_and_measured_once_on_test_pictures(opened):
    chosen = tuned_scratch(task(), 5, seed=0)
    assert chosen == {"learning_rate": 3e-3, "steps": 300, "validation": 0.8, "accuracy": 0.8}
    assert [weights for part, weights in opened if PARTS[part] == "test"] == [(3e-3, 300)]


def test_a_rate_is_given_up_after_three_hundred_steps_without_a_gain(opened):
    tuned_scratch(task(), 5, seed=0)
    stages = [step for part, (rate, step) in opened if PARTS[part] == "validation" and rate == 1e-3]
    assert stages == [100, 200, 300, 400, 500], "the sixth stage, the best, was never reached"
