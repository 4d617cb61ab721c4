"""Exercise 04.e3: a retry shows validation accuracy, and the test scans are opened only when the goal is reached."""

import numpy as np
import pytest

from course_utils.exercises.lesson_04 import training_budget

DATA = {"weights": np.zeros(3), "pictures": 40}


@pytest.fixture
def opened(monkeypatch):
    """The parts that a verdict looks at; all are 90 % right on validation unless a test says otherwise."""
    parts = []
    monkeypatch.setattr(training_budget, "_start", lambda inputs: [])
    monkeypatch.setattr(training_budget, "_trained", lambda *_: None)
    monkeypatch.setattr(training_budget, "_moved", lambda *_: training_budget._Moved(10, False, True))
    accuracy = {"validation": 0.9, "test": 0.8}

    def measure(inputs, model, part):
        parts.append(part)
        return accuracy[part]

    monkeypatch.setattr(training_budget, "_accuracy_on", measure)
    return parts, accuracy


def test_below_the_goal_only_validation_scans_are_looked_at(opened):
    parts, accuracy = opened
    accuracy["validation"] = 0.8
    verdict = training_budget.TrainingBudget().verdict({}, DATA)
    assert verdict.code == "below-goal"
    assert verdict.parameters["reached"] == 0.8
    assert parts == ["validation"]


def test_at_the_goal_the_test_scans_are_opened_and_do_not_decide(opened):
    parts, _ = opened
    verdict = training_budget.TrainingBudget().verdict({}, DATA)
    assert (verdict.share, verdict.parameters["reached"], verdict.parameters["test"]) == (1.0, 0.9, 0.8)
    assert parts == ["validation", "test"]
