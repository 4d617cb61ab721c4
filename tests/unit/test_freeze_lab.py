"""The freeze/learning-rate lab: its settings decide a run, it can be stopped, and it compares runs of one seed."""

from dataclasses import replace
from importlib import import_module

import pytest

from course_utils.errors import CourseError
from course_utils.transfer import Event

lab = import_module("course_utils.labs.freeze_lab")  # the package's own name for it is the function

CURVE = [{"step": step, "target": 0.5 + step / 1000, "source": 0.9 - step / 1000} for step in (20, 40)]
RUN = {"name": "a run", "curve": CURVE, "drift": {"block1": 0.1, "block2": 0.2}, "message": ""}


class Session:
    """Forty-five steps that learn nothing; stopped, it says so."""

    def __init__(self):
        self.stopped = False

    def stop(self):
        self.stopped = True

    def events(self):
        for step in range(1, 46):
            if self.stopped:
                yield Event("stopped", step - 1, 1, {}, "Stopped.")
                return
            yield Event("step", step, 1)
        yield Event("done", 45, 1)


class Experiment:
    """A stand-in for ``FineTuning``: what the trainer asks of it, without a network."""

    per_class, start = 100, []
    target = type("Target", (), {"num_classes": 2})()

    def __init__(self, fail=False):
        self.recipes, self.network, self.fail = [], None, fail

    def prepare(self, recipe, seed):
        if self.fail:
            raise CourseError("This was refused.")
        self.recipes.append((recipe, seed))
        return Session()

    def accuracies(self, part):
        return {"target": 0.8, "source": 0.9}


@pytest.fixture
def trainer(monkeypatch):
    monkeypatch.setattr(lab, "relative_drift", lambda start, network: [{"block": "block1", "drift": 0.1}])
    return lab.Trainer(Experiment)


def test_settings_become_a_recipe():
    settings = lab.Settings(thawed=2, learning_rate=1e-4, epochs=3, head="random", batchnorm="training", seed=7)
    recipe = settings.recipe(pictures=200)
    assert (recipe.blocks, recipe.learning_rate, recipe.head, recipe.batchnorm) == (2, 1e-4, "random", "training")
    assert recipe.steps == 19  # 3 x 200 pictures in batches of 32
    assert settings.name() == "2 blocks, 1e-04, random head, BatchNorm training"


def test_the_strip_says_what_learns_and_what_batchnorm_does():
    words = lab.strip(1, 295_424, 283_750, "inference")
    assert "block3: locked" in words
    assert "block4: learns" in words
    assert "295,424 weights train" in words
    assert "TRAINING MODE" in lab.strip(0, 0, 1, "training")


def test_a_run_is_measured_at_the_start_every_twenty_steps_and_at_the_end(trainer):
    seen = []
    run = trainer.run(lab.Settings(), lambda run: seen.append(len(run["curve"])))
    assert [point["step"] for point in run["curve"]] == [0, 20, 40, 45]
    assert seen == [2, 3, 4]
    assert run["drift"] == {"block1": 0.1}
    assert trainer.last[0] is run


def test_runs_are_compared_within_a_seed(trainer):
    first = trainer.run(lab.Settings(seed=1), lambda run: None)
    other = trainer.run(replace(lab.Settings(), seed=2), lambda run: None)
    assert trainer.last == {1: first, 2: other}
    assert len(trainer.experiment.recipes) == 2


def test_stop_ends_the_run_after_the_step_in_hand(trainer):
    run = trainer.run(lab.Settings(), lambda run: trainer.stop())
    assert run["message"] == "Stopped."
    assert run["curve"][-1]["step"] == 20


def test_curves_and_drift_name_both_runs():
    picture = lab.curves([RUN, {**RUN, "name": "before: another"}], "Seed 0")
    assert "target: a run" in picture.alt
    assert "source: before: another" in picture.alt
    assert "block2 (a run) 0.2" in lab.drift_bars([RUN]).alt


@pytest.fixture
def view(monkeypatch, trainer):
    monkeypatch.setattr(lab, "recorded_run", lambda: RUN)
    monkeypatch.setattr(lab.threading, "Thread", Immediate)
    return lab.freeze_lab(trainer)


class Immediate:
    """A thread that is done when it was started."""

    def __init__(self, target, args, daemon):
        self.target, self.args = target, args

    def start(self):
        self.target(*self.args)


def parts(view):
    controls, words, said, picture, _ = view.widget.children
    thawed, *_, batchnorm, buttons = controls.children
    return thawed, batchnorm, *buttons.children, words, said, picture


def test_start_runs_what_the_controls_say_and_shows_the_last_run_beside_it(view, trainer):
    thawed, batchnorm, start, stop, words, said, picture = parts(view)
    thawed.value = 1
    batchnorm.value = "training"
    assert "block3: locked" in words.value
    assert "TRAINING MODE" in words.value
    start.click()
    assert trainer.experiment.recipes[0][0].blocks == 1
    assert "Target 80.0%, source 90.0%" in said.value
    assert (start.disabled, stop.disabled) == (False, True)
    thawed.value = 3
    start.click()
    assert "before: 1 blocks" in picture.value


def test_what_is_refused_is_said_and_the_start_button_comes_back(view, trainer):
    trainer._experiment = Experiment(fail=True)
    _, _, start, _, _, said, _ = parts(view)
    start.click()
    assert said.value == "This was refused."
    assert not start.disabled


def test_without_a_front_end_there_is_a_picture_with_words(view, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    bundle = view._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Freeze lab" in bundle["text/plain"]


def test_the_recorded_run_is_one_of_the_map():
    assert lab.recorded_run()["curve"]
    with pytest.raises(CourseError, match="no run with blocks=9"):
        lab.recorded_run(blocks=9)
