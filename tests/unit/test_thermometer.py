"""The forgetting thermometer: its state, what it reads, how it reacts, and what it shows without a front end."""

from dataclasses import replace

import pytest
from lab_stand_ins import Experiment

from course_utils.errors import CourseError
from course_utils.experiments import LORA_RANK
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.kit import training
from course_utils.labs.kit.state_codes import encode
from course_utils.labs.thermometer_lab import thermometer as lab
from course_utils.labs.thermometer_lab import thermometer_view
from course_utils.labs.thermometer_lab.thermometer import RecordedRuns, ThermometerState


def row(method, setting, seed, sources, target=0.8):
    curve = [{"step": 10 * i, "source": s, "target": target + 0.01 * i} for i, s in enumerate(sources, 1)]
    return {"method": method, "setting": setting, "seed": seed, "curve": curve}


ROWS = [
    row("plain", 1e-4, 0, (0.96, 0.95, 0.94)),
    row("plain", 1e-3, 0, (0.90, 0.50, 0.30)),
    row("plain", 1e-3, 1, (0.92, 0.60, 0.20)),
    row("ewc", 1000, 0, (0.95, 0.93, 0.90)),
    {"method": "wise-ft", "setting": 0.5, "seed": 0, "curve": []},
]
AT_20 = ThermometerState(step=20)


@pytest.fixture
def recording():
    return RecordedRuns(ROWS)


@pytest.fixture
def experiment():
    return Experiment()


@pytest.fixture
def view(recording, experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [{"block": "block1", "drift": 0.1}])
    view = thermometer_view.ThermometerView(recording, make=lambda rank: experiment)
    yield view
    view.live.stop()
    view.live.join(60)


def test_another_setting_starts_its_run_again_and_asks_for_another_guess():
    state = ThermometerState(step=30, guess=20, revealed=True)
    assert state.with_value(1e-4) == ThermometerState(value=1e-4, revealed=True)
    assert state.with_method("ewc") == ThermometerState("ewc", 1000, revealed=True)


@pytest.mark.parametrize(
    "fields", [{"method": "magic"}, {"value": 0.5}, {"step": -1}, {"seed": 10**9}, {"guess": "ten"}, {"revealed": 7}]
)
def test_a_state_that_no_control_can_reach_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        ThermometerState(**fields)


def test_a_reading_is_the_mean_over_the_seeds_with_their_range(recording):
    assert recording.band(AT_20, "source") == [(10, pytest.approx(0.91), 0.90, 0.92), (20, 0.55, 0.50, 0.60)]
    assert recording.intact == pytest.approx(0.96)
    assert recording.steps(ThermometerState()) == [10, 20, 30]
    assert recording.steps(ThermometerState("freezing", 1)) == []


def test_the_sentence_says_the_alarm_in_words(recording):
    assert "target 81%, source 91%, 95% of what it was. Still in the green." in recording.sentence(ThermometerState())
    assert "In the red, after step 10." in recording.sentence(AT_20)
    early = RecordedRuns([*ROWS, row("lora", 1e-3, 0, (0.1, 0.2))])
    assert "already at the first measurement: turn the dial" in early.sentence(ThermometerState("lora", 1e-3, step=20))
    assert "Run it for real" in recording.sentence(ThermometerState("freezing", 1))


def test_the_last_good_step_comes_before_the_alarm(recording):
    assert recording.last_good_step(ThermometerState()) == 10
    assert recording.last_good_step(ThermometerState(value=1e-4)) == 30
    assert (
        RecordedRuns([*ROWS, row("lora", 1e-3, 0, (0.1, 0.96))]).last_good_step(ThermometerState("lora", 1e-3)) is None
    )


def test_the_guess_is_judged_by_the_run(recording):
    assert "20 steps later" in recording.verdict(ThermometerState(guess=30))
    assert "You saw it coming" in recording.verdict(ThermometerState(guess=10))
    assert "stayed in the green to the end. That is 10 steps" not in recording.verdict(
        ThermometerState(value=1e-4, guess=20)
    )
    assert "You saw it coming" in recording.verdict(ThermometerState(value=1e-4, guess=140))  # as long as it ran
    assert "no guess" in recording.verdict(ThermometerState())


def test_guess_reveal_and_scrub(view):
    assert view.replay._play.disabled
    view.guess.value = 30
    assert "your guess" in view.picture.value
    view.reveal.click()
    assert "20 steps later" in view.said.value
    assert view.reading.value.count("Step 30: target 83%, source 25%") == 1
    view.replay._back.click()
    assert "Step 20" in view.reading.value
    view.replay._place.index = 0
    assert "Step 10" in view.reading.value
    view.dial.value = 1e-4
    assert view.state == ThermometerState(value=1e-4, revealed=True)
    view.method.value = "ewc"
    assert view.dial.value == 1000
    assert "strength 1000" in view.picture.value


def test_a_setting_without_a_recording_can_be_run(view):
    view.method.value = "freezing"
    assert view.reveal.disabled
    assert "Run it for real" in view.reading.value


def test_a_run_is_drawn_and_the_one_before_it_becomes_a_ghost(view, experiment):
    view.buttons._start.click()
    view.live.join(60)
    assert "Done after 45 steps: target 80%, source 90%" in view.said.value
    assert "target, live: plain, learning rate 1e-3" in view.picture.value
    view.dial.value = 1e-4
    view.buttons._start.click()
    view.live.join(60)
    assert [recipe.learning_rate for recipe, _ in experiment.recipes] == [1e-3, 1e-4]
    assert "target, live: plain, learning rate 1e-4" in view.picture.value
    assert "target, before: plain, learning rate 1e-3" in view.picture.value
    view.seed.value = 3
    assert "live" not in view.picture.value


def test_lora_runs_with_its_rank(view):
    asked = []
    view._make = lambda rank: asked.append(rank) or Experiment()
    view.method.value = "lora"
    view.buttons._start.click()
    view.live.join(60)
    assert asked[-1] == LORA_RANK


def test_the_state_can_be_copied_and_restored(view):
    view.guess.value = 30
    view.reveal.click()
    code = view._code.value
    view.method.value = "ewc"
    view.restore(code)
    assert view.state == ThermometerState(step=30, guess=30, revealed=True)
    assert view.method.value == "plain"
    view.restore(code[:-1])
    assert "damaged" in view.said.value
    assert view.state.step == 30


def test_a_state_that_asks_for_too_much_is_refused(view):
    view.restore(encode("thermometer", replace(ThermometerState(), seed=5)).replace("thermometer", "freeze-lab"))
    assert "damaged" in view.said.value
    assert view.state == ThermometerState()


def test_without_its_recording_the_lab_still_runs(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    rows, missing = training.recording("no-such-recording")
    view = thermometer_view.ThermometerView(RecordedRuns(rows), missing, lambda rank: experiment)
    assert "run everything for real" in view.said.value
    view.buttons._start.click()
    view.live.join(60)
    assert "Done after 45 steps" in view.said.value


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(thermometer_view, "recording", lambda name: (ROWS, ""))
    bundle = thermometer_view.forgetting_thermometer()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Forgetting thermometer: plain" in bundle["text/plain"]


def test_without_a_front_end_and_a_recording_there_is_a_sentence(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(thermometer_view, "recording", lambda name: ([], "Nothing there."))
    assert "no rows to draw" in thermometer_view.forgetting_thermometer()._repr_mimebundle_()["text/plain"]


def test_the_dials_have_names():
    assert set(lab.DIALS) <= set(lab.REMEDIES)
