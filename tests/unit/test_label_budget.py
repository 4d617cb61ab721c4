"""The label-budget lab: what decides a run, what the page gets, the pictures, and the widget."""

import base64
import io
import json
from importlib import import_module

import numpy as np
import pytest
import traitlets
from PIL import Image

from course_utils.data import Split, load_dataset
from course_utils.errors import CourseError
from course_utils.experiments.budgets import scratch_session, scratch_steps
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.budget_lab import label_budget_widget, picture_sheet
from course_utils.labs.budget_lab.label_budget import (
    CLASSES,
    NEVER,
    SEEDS,
    TABLE,
    TASKS,
    BudgetSetting,
    RecordedBudgets,
    budgets,
    crossings,
    curve,
    page_data,
    recorded_budgets,
)
from course_utils.labs.budget_lab.label_budget_widget import LabelBudget
from course_utils.labs.kit import training
from course_utils.transfer import Event

FOUND = {task: recorded_budgets(task) for task in TASKS}
CURVES = {"pretrained, frozen": (0.80, 0.90, 0.95), "from scratch": (0.30, 0.60, 0.89)}
ROWS = [
    {"method": method, "labels": labels, "seed": seed, "accuracy": accuracy + 0.01 * seed}
    for method, means in CURVES.items()
    for labels, accuracy in zip((1, 10, 100), means, strict=True)
    for seed in (-1, 0, 1)
]


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


@pytest.fixture
def asked(monkeypatch):
    """The budgets of the sessions that were started."""
    asked = []
    monkeypatch.setattr(training, "load_dataset", lambda task: Tiny())
    monkeypatch.setattr(training, "scratch_session", lambda task, *budget: asked.append(budget) or Session())
    return asked


@pytest.fixture
def lab():
    lab = LabelBudget(FOUND)
    lab.sent = []
    lab.send = lambda content, buffers=None: lab.sent.append(content)
    yield lab
    lab.live.stop()
    lab.live.join(60)


@pytest.mark.parametrize("fields", [{"task": "magic"}, {"labels": 0}, {"labels": "5"}, {"seed": None}, {"seed": 5}])
def test_a_setting_that_no_control_has_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        BudgetSetting(**fields)


def test_a_curve_holds_mean_range_and_every_seed():
    _, point, _ = curve(ROWS, "from scratch")
    assert (point["labels"], point["mean"], point["lowest"], point["highest"]) == (10, 0.60, 0.59, 0.61)
    assert point["seeds"] == {-1: pytest.approx(0.59), 0: 0.60, 1: 0.61}
    assert curve(ROWS, "fine-tuned") == []


def test_a_crossing_lies_between_two_budgets_of_scratch_or_nowhere():
    transfer, scratch = (curve(ROWS, method) for method in CURVES)
    assert crossings(transfer, scratch) == {1: pytest.approx(48.9, abs=0.1), 10: None, 100: None}
    assert crossings(scratch, transfer) == {1: 1.0, 10: 1.0, 100: pytest.approx(7.94, abs=0.01)}
    assert crossings(transfer[:2], scratch) == {1: None, 10: None}  # compared at the budgets that both have


def test_the_page_gets_every_recorded_budget_in_a_few_kilobytes():
    data = page_data(FOUND)
    assert len(json.dumps(data, allow_nan=False)) < 40_000
    assert [task["name"] for task in data["tasks"]] == list(TASKS)
    for task in data["tasks"]:
        assert not task["missing"]
        assert [point["labels"] for point in task["curves"]["transfer"]] == task["budgets"]
        assert set(task["crossings"]) == set(task["budgets"])
        assert all(set(point["seeds"]) == set(SEEDS) for points in task["curves"].values() for point in points)
    assert [task["name"] for task in data["tasks"] if "tuned" in task["curves"]] == ["photo-textures"]


def test_the_page_starts_with_a_budget_that_was_recorded():
    start = BudgetSetting(**TABLE["start"])
    assert start.labels in budgets(FOUND[start.task].rows)


def test_every_curve_says_which_command_recorded_it():
    commands = FOUND["photo-textures"].commands
    assert commands == tuple(
        f"course record {name}" for name in ("probes-photo-textures", "scratch-photo-textures", "labels-photo-textures")
    )


def test_without_a_recording_the_page_says_why_and_can_still_run(monkeypatch):
    why = "There is nothing to replay."
    monkeypatch.setattr("course_utils.labs.budget_lab.label_budget.recording", lambda name: ([], why))
    found = recorded_budgets("shapes")
    (task, *_) = page_data(dict.fromkeys(TASKS, found))["tasks"]
    assert (task["missing"], task["curves"], task["crossings"]) == (why, {}, {})
    assert task["budgets"] == [1, 5, 20]
    with pytest.raises(CourseError, match="nothing to replay"):
        picture_sheet.whole_page_data()


@pytest.mark.parametrize("task", TASKS)
def test_the_classes_are_those_of_the_dataset(task):
    assert CLASSES[task] == load_dataset(task).class_names


def test_the_sheet_shows_the_pictures_that_a_seed_draws():
    address = picture_sheet.picture_sheet("shapes")
    kind, _, data = address.partition(";base64,")
    assert kind == "data:image/webp"
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(data)))).astype(int)
    shown, side = picture_sheet.SHOWN, 32
    assert sheet.shape == (5 * side, len(SEEDS) * shown * side, 3)
    train = load_dataset("shapes").train
    for seed in (0, 4):
        for row in train.few_rows(1, seed):  # the first picture of every class
            top, left = side * int(train.labels[row]), side * shown * seed
            error = np.abs(sheet[top : top + side, left : left + side] - train.inputs[row])
            assert error.mean() < 12  # WebP loses a little
        few = train.few(3, seed)
        third = sheet[:side, side * (shown * seed + 2) : side * (shown * seed + 3)]
        assert min(np.abs(third - picture).mean() for picture in few.inputs[few.labels == 0].astype(int)) < 12


@pytest.mark.parametrize("per_class", [1, 5, 20])
def test_the_steps_of_a_run_are_known_before_it_starts(per_class):
    session = scratch_session(load_dataset("shapes"), per_class, seed=0)
    batches = -(-len(session.train) // session.batch_size)
    assert scratch_steps(5 * per_class) == session.epochs * batches


def test_the_traits_are_the_setting(lab):
    lab.task, lab.labels, lab.seed = "digits", 20, 3
    assert lab.setting == BudgetSetting("digits", 20, 3)
    lab.set_state({"guess": NEVER, "revealed": True})  # as a message from the page does
    assert (lab.guess, lab.revealed) == (NEVER, True)


@pytest.mark.parametrize(
    ("name", "value"), [("task", "faces"), ("labels", 0), ("seed", 9), ("guess", -1), ("guess", 1001)]
)
def test_a_trait_refuses_what_no_control_has_and_keeps_its_value(lab, name, value):
    before = getattr(lab, name)
    with pytest.raises((CourseError, traitlets.TraitError), match="Choose one from its controls"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_the_pictures_of_a_task_are_sent_when_the_page_asks_for_them(lab, monkeypatch):
    monkeypatch.setattr(label_budget_widget, "picture_sheet", lambda task: f"sheet of {task}")
    started = []
    monkeypatch.setattr(label_budget_widget.threading.Thread, "start", lambda thread: started.append(thread))
    lab._handle_custom_msg({"command": "pictures", "task": "digits"}, [])
    lab._handle_custom_msg({"command": "pictures", "task": "faces"}, [])
    (thread,) = started
    thread.run()
    assert lab.sent == [{"kind": "pictures", "task": "digits", "sheet": "sheet of digits"}]


def test_scratch_is_trained_for_real_on_the_budget_that_is_shown(lab, asked):
    lab.labels, lab.seed = 20, 2
    lab._handle_custom_msg({"command": "start"}, [])
    lab.labels = 50  # the run goes on with what it began with
    lab.live.join(60)
    assert asked == [(20, 2)]
    last = lab.sent[-1]
    assert (last["phase"], last["kind"]) == ("idle", "live")
    assert last["words"].startswith("Done after 20 steps: from scratch 75%")
    run = last["run"]
    assert run["setting"] == {"task": "shapes", "labels": 20, "seed": 2}
    assert run["curve"] == [[0, 0.75], [10, 0.75], [20, 0.75]]
    assert run["total"] == 1280  # 320 times 100 pictures in batches of 32, the last of which is filled up
    assert isinstance(lab.model, Tiny)


def test_more_labels_than_there_are_end_in_a_sentence(lab, monkeypatch):
    monkeypatch.setattr(training, "scratch_session", scratch_session)
    lab.labels = 1000
    lab.start()
    lab.live.join(60)
    assert "per_class=1000 cannot be drawn" in lab.live.words


def test_without_a_front_end_there_is_a_picture_with_words(lab, monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = lab._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<img" in bundle["text/html"]
    assert "Label budget: shapes" in bundle["text/plain"]
    for method in ("pretrained, frozen from 83 %", "from scratch from 20 %", "random, frozen"):
        assert method in bundle["text/plain"]


def test_without_a_recording_the_static_default_is_a_sentence():
    empty = RecordedBudgets([], (), "There is nothing to replay.")
    assert LabelBudget(dict.fromkeys(TASKS, empty))._repr_mimebundle_()["text/plain"] == "There is nothing to replay."


def test_the_package_offers_the_lab_by_its_name():
    assert import_module("course_utils.labs").label_budget is label_budget_widget.label_budget
