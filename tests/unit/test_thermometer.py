"""The forgetting thermometer: its settings, what the page gets, and the widget whose traits are the page's controls."""

import json
from dataclasses import asdict

import ipywidgets
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from lab_stand_ins import Experiment

from course_utils.errors import CourseError
from course_utils.experiments import LORA_RANK, REMEDIES, recorded, remedy
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.kit import training
from course_utils.labs.thermometer_lab import thermometer_widget
from course_utils.labs.thermometer_lab.thermometer import (
    AVERAGING,
    DIALS,
    TABLE,
    ThermometerSetting,
    page_data,
    telling,
)
from course_utils.labs.thermometer_lab.thermometer_widget import ForgettingThermometer

ROWS = recorded("remedies-scans")
DATA = page_data(ROWS)
SETTINGS = st.sampled_from([(method, value) for method, values in DIALS.items() for value in values])


@pytest.fixture
def experiment():
    return Experiment()


@pytest.fixture
def lab(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    lab = ForgettingThermometer(ROWS, make=lambda rank: experiment)
    lab.sent = []
    lab.send = lambda content, buffers=None: lab.sent.append(content)
    yield lab
    lab.live.stop()
    lab.live.join(60)


def curve(setting):
    (run,) = [run for run in DATA["runs"] if asdict(setting).items() <= run.items()]
    return run["curve"]


def sources(*values, target=(0.7, 0.8, 0.8, 0.8)):
    """Return the curve of a run with these source accuracies."""
    return [[28 * number, target[number - 1], source] for number, source in enumerate(values, 1)]


def test_every_recorded_remedy_is_a_method_with_its_recorded_settings():
    assert set(DIALS) == set(REMEDIES)
    assert all(DIALS[method] == REMEDIES[method] for method in REMEDIES if method != AVERAGING)
    assert all(TABLE["methods"][method]["start"] in values for method, values in DIALS.items())


@given(SETTINGS)
def test_a_setting_is_the_remedy_s_recipe(setting):
    assert ThermometerSetting(*setting).recipe() == remedy(*setting)


@pytest.mark.parametrize(
    "fields", [{"method": "magic"}, {"value": 0.5}, {"method": "ewc", "value": 1e-3}, {"seed": 100}, {"seed": "0"}]
)
def test_a_setting_that_no_control_has_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        ThermometerSetting(**fields)


def test_a_run_is_as_long_as_it_was_recorded():
    for row in ROWS:
        if row["method"] != AVERAGING:
            end = ThermometerSetting(row["method"], row["setting"], row["seed"]).end
            assert 0 <= end - row["curve"][-1]["step"] < 10  # it was measured every ten steps


def test_the_page_gets_every_recorded_run_in_a_few_kilobytes():
    assert len(json.dumps(DATA, allow_nan=False)) < 60_000
    assert len(DATA["runs"]) == len({(row["method"], row["seed"]) for row in ROWS if row["method"] == AVERAGING}) + len(
        [row for row in ROWS if row["method"] != AVERAGING]
    )
    (row,) = [row for row in ROWS if (row["method"], row["setting"], row["seed"]) == ("plain", 1e-3, 3)]
    run = curve(ThermometerSetting("plain", 1e-3, 3))
    assert run[0] == [10, row["curve"][0]["target"], row["curve"][0]["source"]]
    assert run[-1] == [112, row["validation_target"], row["validation_source"]]


def test_the_averages_of_a_seed_are_one_run_that_ends_with_the_plain_one():
    averages = curve(ThermometerSetting(AVERAGING, 1e-3, 3))
    assert [place for place, *_ in averages] == [25, 50, 75, 100]
    assert averages[-1][1:] == curve(ThermometerSetting("plain", 1e-3, 3))[-1][1:]


def test_the_alarm_is_nine_tenths_of_the_highest_source_and_a_frozen_network_is_the_start():
    assert DATA["alarm"] == pytest.approx(0.9 * DATA["intact"])
    assert DATA["before"] == pytest.approx(curve(ThermometerSetting("freezing", 0, 0))[0][2])
    assert DATA["alarm"] < DATA["before"] <= DATA["intact"]


def test_it_opens_on_a_run_with_a_good_answer():
    run = curve(ThermometerSetting(**DATA["start"]))
    green = [moment for moment in run if moment[2] >= DATA["alarm"]]
    assert run[: len(green)] == green
    assert 28 <= green[-1][0] <= 84
    assert max(target for _, target, _ in green) >= run[0][1] + 0.05


def test_the_telling_run_gets_red_in_its_middle_stays_red_and_falls_furthest():
    runs = {
        ThermometerSetting("ewc", 10): sources(0.9, 0.9, 0.6, 0.5),
        ThermometerSetting("ewc", 100): sources(0.9, 0.9, 0.6, 0.4),
        ThermometerSetting("ewc", 1000): sources(0.9, 0.5, 0.9, 0.1),  # comes back
        ThermometerSetting("plain", 1e-2): sources(0.5, 0.4, 0.3, 0.1),  # red from the first
        ThermometerSetting("plain", 1e-4): sources(0.9, 0.9, 0.9, 0.9),  # never red
        ThermometerSetting("lora", 1e-2): sources(0.9, 0.9, 0.1, 0.1, target=(0.8, 0.8, 0.8, 0.8)),  # gains nothing
    }
    assert telling(runs, 0.8) == ThermometerSetting("ewc", 100)
    assert telling({}, 0.8) == ThermometerSetting()


def test_the_traits_are_the_setting_and_a_method_turns_its_dial(lab):
    assert lab.setting == ThermometerSetting(**DATA["start"])
    lab.method = "ewc"
    assert lab.setting == ThermometerSetting("ewc", 1000, DATA["start"]["seed"])
    lab.value, lab.seed = 10, 7
    assert lab.setting == ThermometerSetting("ewc", 10, 7)


def test_a_method_and_a_value_from_the_page_arrive_together(lab):
    lab.set_state({"value": 100, "method": "ewc"})
    assert lab.setting == ThermometerSetting("ewc", 100, DATA["start"]["seed"])


@pytest.mark.parametrize(
    ("name", "value"),
    [("method", "magic"), ("value", 0.5), ("seed", 100), ("guess", -1), ("guess", 1000), ("step", 1000)],
)
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(lab, name, value):
    before = lab.setting
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert (lab.setting, lab.guess, lab.step) == (before, None, 0)


def test_a_control_can_be_linked_and_observed(lab):
    field, seen = ipywidgets.IntText(value=2), []
    traitlets.link((field, "value"), (lab, "seed"))
    lab.observe(lambda event: seen.append(event["new"]), "seed")
    field.value = 3
    assert (lab.seed, seen) == (3, [3])


def test_the_network_is_prepared_at_the_first_change_and_only_then():
    asked = []
    lab = ForgettingThermometer(ROWS, make=lambda rank: asked.append(rank) or Experiment())
    assert asked == []
    lab.method = "plain"
    lab.seed = 4
    assert asked == [None]


def test_a_run_reaches_the_page_with_its_setting_and_keeps_it_while_the_controls_move(lab, experiment):
    experiment.gate.clear()
    lab.set_state({"method": "rehearsal", "value": 0.25, "seed": 50})
    assert lab.start()
    lab.method = "ewc"
    assert not lab.start()
    assert "still going" in lab.live.words
    experiment.gate.set()
    lab.live.join(60)
    last = lab.sent[-1]["run"]
    assert last["setting"] == {"method": "rehearsal", "value": 0.25, "seed": 50}
    assert (last["outcome"], last["total"]) == ("done", 144)
    assert last["curve"] == [[step, 0.8, 0.9] for step in (0, 10, 20, 30, 40, 45)]
    assert experiment.recipes == [(remedy("rehearsal", 0.25), 50)]
    assert all(len(json.dumps(message, allow_nan=False)) < 1500 for message in lab.sent)


def test_a_run_that_is_stopped_in_time_keeps_its_partly_trained_model(lab, experiment):
    experiment.gate.clear()
    lab.start()
    while lab.progress is None or not lab.progress.curve:
        lab.live.join(0.01)
    lab.stop()
    lab.live.join(60)
    assert lab.sent[-1]["run"]["outcome"] == "stopped"
    assert "The weights learned so far are kept" in lab.sent[-1]["words"]
    assert lab.model == "the model"


@pytest.mark.parametrize(("method", "rank"), [("lora", LORA_RANK), ("plain", None)])
def test_lora_runs_with_its_rank(method, rank):
    asked = []
    lab = ForgettingThermometer([], make=lambda rank: asked.append(rank) or Experiment())
    lab.method = method
    lab.start()
    lab.live.join(60)
    assert asked[-1] == rank


def test_averages_train_nothing_and_say_so(lab, experiment):
    lab.method = AVERAGING
    lab.start()
    lab.live.join(60)
    assert "nothing to train" in lab.sent[-1]["words"]
    assert experiment.recipes == []


def test_without_its_recording_the_lab_says_why_and_still_runs(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    lab = ForgettingThermometer(*training.recording("no-such-recording"), make=lambda rank: experiment)
    assert "run everything for real" in lab.data["missing"]
    assert (lab.data["alarm"], lab.setting) == (None, ThermometerSetting())
    lab.start()
    lab.live.join(60)
    assert "Done after 45 steps" in lab.snapshot()["words"]


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = thermometer_widget.forgetting_thermometer()._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<img" in bundle["text/html"]
    assert "Forgetting thermometer: LoRA, learning rate 1e-2" in bundle["text/plain"]


def test_without_a_front_end_and_a_recording_there_is_a_sentence(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(thermometer_widget, "recording", lambda name: ([], "Nothing there."))
    assert thermometer_widget.forgetting_thermometer()._repr_mimebundle_()["text/plain"] == "Nothing there."
