"""The freeze/learning-rate lab: its state decides a run, its locks are linked, and it compares runs of one seed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab_stand_ins import Experiment

from course_utils.errors import CourseError
from course_utils.experiments import RATES, recorded
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.freezing_lab import freeze_lab_view
from course_utils.labs.freezing_lab.freeze_lab import (
    BATCHNORMS,
    BLOCKS,
    EPOCHS,
    GUESSES,
    HEADS,
    SEEDS,
    FreezeState,
    recorded_run,
    verdict,
)
from course_utils.labs.kit import training
from course_utils.labs.kit.state_codes import LONGEST, decode, encode

ROWS = recorded("map-scans")
STATES = st.builds(
    FreezeState,
    thawed=st.integers(0, 4),
    learning_rate=st.sampled_from(RATES),
    epochs=st.sampled_from(EPOCHS),
    head=st.sampled_from(HEADS),
    batchnorm=st.sampled_from(BATCHNORMS),
    seed=st.sampled_from(SEEDS),
    guess=st.none() | st.sampled_from(GUESSES),
    revealed=st.booleans(),
)


@pytest.fixture
def experiment():
    return Experiment()


@pytest.fixture
def view(experiment, monkeypatch):
    monkeypatch.setattr(
        training, "relative_drift", lambda start, network: [{"block": "block4", "drift": 0.25, "statistics": 0.0}]
    )
    view = freeze_lab_view.FreezeLabView(ROWS, make=lambda rank: experiment)
    yield view
    view.live.stop()
    view.live.join(60)


def test_a_state_becomes_a_recipe():
    state = FreezeState(thawed=2, learning_rate=1e-4, epochs=3, head="random", batchnorm="training", seed=7)
    recipe = state.recipe()
    assert (recipe.blocks, recipe.learning_rate, recipe.head, recipe.batchnorm) == (2, 1e-4, "random", "training")
    assert recipe.steps == 19  # 3 x 200 pictures in batches of 32
    assert state.name() == "2 blocks at 1e-4, random head, BatchNorm trains"


@given(STATES, st.integers(0, 3))
def test_locks_are_linked_and_toggling_one_twice_restores_it(state, place):
    def turned(state):
        return state.with_locked([locked != (i == place) for i, locked in enumerate(state.locked)])

    once, twice = turned(state), turned(turned(state))
    assert once.locked[place] != state.locked[place]
    assert once.locked == sorted(once.locked, reverse=True)  # the locked ones come first
    assert twice.locked[place] == state.locked[place]
    assert (once.guess, once.step) == (None, 0)


@given(STATES)
def test_every_state_fits_into_its_string(state):
    code = encode("freeze-lab", state)
    assert len(code) <= LONGEST
    assert decode("freeze-lab", FreezeState, code) == state


@pytest.mark.parametrize(
    "fields", [{"thawed": 5}, {"learning_rate": 1.0}, {"epochs": 0}, {"head": "none"}, {"guess": 101}, {"seed": "0"}]
)
def test_a_state_that_no_control_can_reach_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        FreezeState(**fields)


def test_a_recorded_run_is_found_by_its_settings_and_its_seed():
    run = recorded_run(ROWS, FreezeState())
    assert run.curve[-1].step == 110
    assert set(run.drift) == set(BLOCKS)
    for other in ({"seed": 50}, {"head": "random"}, {"batchnorm": "training"}, {"epochs": 2}):
        assert recorded_run(ROWS, replace(FreezeState(), **other)) is None


def test_the_guess_is_judged_by_the_end_of_the_run():
    run = training.RunProgress("a run", 0, (training.Point(10, {"target": 0.8, "source": 0.5}),))
    assert "30 points too high" in verdict(run, 80)
    assert "you saw it coming" in verdict(run, 48)
    assert "Guess before" in verdict(run, None)


def test_the_strip_follows_the_state_and_the_state_the_strip(view):
    view.strip.locked = [False, False, True, False]
    assert view.state.thawed == 1
    assert view.strip.locked == [True, True, True, False]
    assert view.strip.rates == [None, None, None, 1e-3]
    assert 0 < view.strip.trainable < view.strip.total
    before = view.strip.trainable
    view.batchnorm.value = "training"
    assert view.strip.trainable > before  # gammas and betas of locked blocks
    assert view.strip.batchnorm == "training"


def test_a_lock_on_the_page_locks_all_before_it_on_the_page_too(view):
    component = view.strip.children[0]
    component.set_state({"locked": [False, False, True, False]})  # as a message from the page does
    assert view.state.thawed == 1
    assert component.locked == view.strip.locked == [True, True, True, False]


def test_guess_reveal_and_scrub(view):
    view.guess.value = 90
    view.reveal.click()
    assert "points too" in view.said.value
    assert "Recorded, step 110" in view.reading.value
    view.replay._back.click()
    assert "Recorded, step 100" in view.reading.value
    view.rate.value = 1e-5
    assert (view.state.guess, view.state.step) == (None, 0)
    assert "Recorded, step 10:" in view.reading.value


def test_a_run_is_compared_with_the_guess_and_with_the_run_before(view, experiment):
    view.seed.value = 50
    assert view.reveal.disabled
    view.guess.value = 80
    view.buttons._start.click()
    view.live.join(60)
    assert "Done after 45 steps" in view.said.value
    assert "10 points too low" in view.said.value
    assert view.strip.drift == [0.0, 0.0, 0.0, 0.25]
    view.rate.value = 1e-4
    view.buttons._start.click()
    view.live.join(60)
    assert "source, before: 4 blocks at 1e-3" in view.picture.value
    assert "source, live: 4 blocks at 1e-4" in view.picture.value


def test_stop_keeps_what_was_learned_and_says_so(view, experiment):
    experiment.gate.clear()
    view.buttons._start.click()
    view.buttons._stop.click()
    view.live.join(60)
    assert view.live.phase == "idle"
    assert not view.buttons._start.disabled


def test_a_run_that_diverges_says_so(view, experiment):
    experiment.diverges_at = 15
    view.buttons._start.click()
    view.live.join(60)
    assert "diverged at step 15: The loss is no longer a number" in view.said.value


def test_what_is_refused_is_said_and_the_start_button_comes_back(view, experiment):
    experiment.fail = True
    view.buttons._start.click()
    view.live.join(60)
    assert "This was refused." in view.said.value
    assert not view.buttons._start.disabled


def test_moving_every_control_during_a_run_does_not_disturb_it(view, experiment):
    experiment.gate.clear()
    view.buttons._start.click()
    for rate in RATES * 3:
        view.rate.value = rate
    for _ in range(10):
        view.buttons._start.click()
    assert "still going" in view.said.value
    experiment.gate.set()
    view.live.join(60)
    assert len(experiment.recipes) == 1
    assert "Done after 45 steps" in view.said.value


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = freeze_lab_view.freeze_lab()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Freeze lab" in bundle["text/plain"]
