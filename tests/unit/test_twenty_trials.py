"""The lab twenty trials: what the page gets, and the widget."""

import json

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import Sweep, recorded
from course_utils.experiments.sweeps import SETTINGS
from course_utils.labs import twenty_trials
from course_utils.labs.search_lab.twenty_trials import BUDGET, SEED, TABLE, TASKS, page_data
from course_utils.labs.search_lab.twenty_trials_widget import TwentyTrials


@pytest.fixture(scope="module")
def sweeps():
    return {task: Sweep(recorded(f"sweep-{task}")) for task in TASKS}


def test_the_page_gets_every_setting_and_two_rivals(sweeps):
    data = page_data(sweeps, recorded("searches"))
    assert len(json.dumps(data, allow_nan=False, separators=(",", ":"))) < 40_000
    for task, sweep in sweeps.items():
        scores, rivals = data["sweeps"][task]["scores"], data["sweeps"][task]["rivals"]
        assert len(scores) == len(SETTINGS)
        assert scores[17] == pytest.approx(
            [sweep.trial(SETTINGS[17], SEED).score, sweep.again(SETTINGS[17], SEED)[0]], abs=1e-4
        )
        for rival in rivals.values():
            assert len(rival["best"]) == len(rival["again"]) == BUDGET
            assert rival["best"] == sorted(rival["best"])
        assert set(rivals) == {"random", "TPE"}


def test_the_page_counts_settings_as_the_recording_does(sweeps):
    values, axes = page_data(sweeps, recorded("searches"))["values"], TABLE["axes"]
    for number, setting in enumerate(SETTINGS):
        place = 0
        for name in axes:
            place = place * len(values[name]) + values[name].index(getattr(setting, name))
        assert place == number
    for name, texts in TABLE["options"].items():
        assert len(texts) == len(values[name])


@pytest.mark.parametrize(("name", "value"), [("task", "cats"), ("learning_rate", 10), ("blocks", 2), ("augment", -1)])
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(sweeps, name, value):
    lab = TwentyTrials(sweeps, recorded("searches"))
    before = getattr(lab, name)
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_it_runs_nothing_and_says_how(sweeps):
    with pytest.raises(CourseError, match=r"experiments\.measure_setting"):
        TwentyTrials(sweeps, recorded("searches")).start()


def test_without_a_front_end_there_is_a_picture_with_words():
    bundle = twenty_trials()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Every setting of the sweep" in bundle["text/plain"]


def test_without_recordings_the_lab_says_why():
    lab = TwentyTrials({}, [], "Nothing there.")
    assert (lab.data["sweeps"], lab.data["missing"]) == ({}, "Nothing there.")
    assert "no rows to draw" in lab.static()["text/plain"]
