"""The label-budget lab: what it says, how it reacts, and what it shows without a front end."""

from importlib import import_module

import numpy as np
import pytest

from course_utils.data import Split
from course_utils.errors import CourseError
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.budget_lab import label_budget_view
from course_utils.labs.budget_lab.label_budget import NEVER, BudgetState, bands, crossing, sentence, sources, verdict
from course_utils.labs.kit import training
from course_utils.transfer import Event

CURVES = {
    "pretrained, frozen": (0.80, 0.90, 0.95),
    "random, frozen": (0.20, 0.25, 0.30),
    "from scratch": (0.30, 0.60, 0.89),
}
ROWS = [
    {"method": method, "labels": labels, "seed": seed, "accuracy": accuracy + 0.01 * seed}
    for method, curve in CURVES.items()
    for labels, accuracy in zip((1, 10, 100), curve, strict=True)
    for seed in (-1, 0, 1)
]
SCRATCH = [row for row in ROWS if row["method"] == "from scratch"]
PROBES = [row for row in ROWS if row["method"] != "from scratch"]


@pytest.fixture
def view(monkeypatch):
    monkeypatch.setattr(label_budget_view, "recording", lambda name: (SCRATCH, ""))
    monkeypatch.setattr(label_budget_view, "probe_rows", lambda task, budgets: iter(PROBES))
    view = label_budget_view.LabelBudgetView()
    yield view
    view.live.stop()
    view.live.join(60)


def test_bands_hold_mean_and_range_over_the_seeds():
    assert bands(ROWS)["from scratch"][10] == (pytest.approx(0.60), pytest.approx(0.59), pytest.approx(0.61))


def test_the_sentence_names_the_accuracies_and_the_worth_of_a_label():
    words = sentence(ROWS, 1)
    assert "pretrained, frozen 80%, random, frozen 20%, from scratch 30%" in words
    assert "worth about 48.9" in words  # scratch reaches 80 % at 10 ** (1 + 20 / 29) labels
    assert "more than 10" in sentence(ROWS, 10)
    assert "worth" not in sentence(PROBES, 10)
    assert "Nothing was measured with 7" in sentence(ROWS, 7)


def test_the_crossing_is_where_scratch_catches_up():
    late = [{"method": "from scratch", "labels": 100, "seed": 0, "accuracy": 0.96}]
    assert crossing(ROWS) is None
    assert crossing([*PROBES, *late]) == 100
    assert "You saw it coming" in verdict([*PROBES, *late], 100)
    assert "You saw it coming" in verdict(ROWS, NEVER)
    assert "Your guess was at 10; scratch never catches up" in verdict(ROWS, 10)
    assert "You made no guess" in verdict(ROWS, None)


def test_the_origin_of_every_curve_is_told():
    words = sources(ROWS, "shapes")
    assert "from scratch: recorded by: course record scratch-shapes, 3 seeds" in words
    assert "pretrained, frozen: measured just now, 3 seeds" in words


@pytest.mark.parametrize("fields", [{"task": "magic"}, {"labels": 0}, {"guess": -1}, {"seed": None}])
def test_a_state_that_no_control_can_reach_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        BudgetState(**fields)


def test_guess_reveal_and_step_through_the_budgets(view):
    assert "hidden" in view.reading.value
    assert "pretrained" not in view.picture.value
    view.guess.value = NEVER
    view.reveal.click()
    view.live.join(60)
    assert "You saw it coming" in view.said.value
    assert "With 100 labels" in view.reading.value
    assert "pretrained, frozen" in view.picture.value
    assert "course record scratch-shapes" in view.picture.value
    view.replay._back.click()
    assert "With 10 labels" in view.reading.value
    view.task.value = "digits"
    assert "hidden" in view.reading.value
    assert view.state.guess is None


def test_probes_are_measured_once_per_task(view):
    view.reveal.click()
    view.live.join(60)
    assert view.reveal.disabled
    view.task.value = "digits"
    view.task.value = "shapes"
    view.reveal.click()
    assert view.state.revealed


def test_a_restored_state_is_revealed_when_its_probes_are_measured(view):
    view.reveal.click()
    view.live.join(60)
    code = view._code.value
    other = label_budget_view.LabelBudgetView()
    other.restore(code)
    assert other.state.labels == 100
    assert not other.reveal.disabled
    other.reveal.click()
    other.live.join(60)
    assert "pretrained, frozen" in other.picture.value


def test_without_a_recording_the_probes_are_measured_anyway(monkeypatch):
    monkeypatch.setattr(label_budget_view, "recording", lambda name: ([], "It is damaged."))
    asked = []
    monkeypatch.setattr(label_budget_view, "probe_rows", lambda task, budgets: asked.append(budgets) or iter(PROBES))
    view = label_budget_view.LabelBudgetView()
    assert "It is damaged" in view.said.value
    view.reveal.click()
    view.live.join(60)
    assert asked == [[1, 5, 20]]
    assert "pretrained, frozen" in view.picture.value


class Tiny:
    """A dataset and a model of it that knows nothing."""

    validation = Split(np.zeros((4, 2, 2, 3), np.uint8), np.array([0, 0, 0, 1]))

    def predict_on_batch(self, pictures):
        return np.tile([0.9, 0.1], (len(pictures), 1))


class Session:
    model = Tiny()

    def stop(self):
        pass

    def events(self):
        for step in range(1, 21):
            yield Event("step", step, 1, {"loss": 1.0})
        yield Event("done", 20, 1)


def test_scratch_is_trained_for_real_on_the_budget_that_is_shown(view, monkeypatch):
    asked = []
    monkeypatch.setattr(training, "load_dataset", lambda task: Tiny())
    monkeypatch.setattr(training, "scratch_session", lambda task, *budget: asked.append(budget) or Session())
    view.buttons._start.click()
    view.live.join(60)
    assert "Done after 20 steps: from scratch 75%" in view.said.value
    assert "from scratch, live: shapes, 5 labels" in view.course.value
    assert asked == [(5, 0)]
    view.buttons._start.click()
    view.live.join(60)
    assert "from scratch, before: shapes, 5 labels" in view.course.value


def test_without_a_front_end_there_is_a_picture_with_words(view, monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = label_budget_view.label_budget()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Label budget: shapes" in bundle["text/plain"]
    assert "pretrained, frozen from 80 %" in bundle["text/plain"]


def test_the_package_offers_the_lab_by_its_name():
    assert import_module("course_utils.labs").label_budget is label_budget_view.label_budget
