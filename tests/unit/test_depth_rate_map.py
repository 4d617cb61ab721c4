"""The map of depth and rate: the figure, and the lab that guesses, replays and runs its cells."""

import pytest
from lab_stand_ins import Experiment

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.labs.kit import training
from course_utils.labs.map_lab import depth_rate_map_view
from course_utils.labs.map_lab.depth_rate_map import MapState, best, compared, recorded_run, verdict

ROWS = [
    {
        "blocks": blocks,
        "learning_rate": rate,
        "seed": seed,
        "target": 0.70 + 0.05 * blocks + 0.01 * seed,
        "validation_target": 0.72 + 0.05 * blocks * (rate == 1e-3) + 0.01 * seed,
        "source": 0.95 - 0.2 * blocks * (rate == 1e-3),
        "validation_source": 0.9,
        "drift": {"block1": 0.1},
        "outcome": "done",
        "curve": [{"step": step, "target": 0.6, "source": 0.9} for step in (10, 20)],
    }
    for blocks in (0, 2)
    for rate in (1e-4, 1e-3)
    for seed in (0, 1)
]


def texts(picture):
    return [text.get_text() for axis in picture.figure.axes for text in axis.texts]


def test_the_cells_hold_mean_and_range_and_can_be_read_without_colour():
    picture = figures.depth_rate_map(ROWS, chosen=(2, 1e-3), title="A map")
    assert texts(picture)[:4] == ["70", "70\u201371", "70", "70\u201371"]
    assert [axis.get_title(loc="left") for axis in picture.figure.axes] == ["target", "source"]
    assert [tick.get_text() for tick in picture.figure.axes[0].get_xticklabels()] == ["1e-4", "1e-3"]
    assert "highest with 2 blocks" in picture.alt
    assert "the frame marks 2 blocks at 1e-3" in picture.alt
    assert picture.table[-1] == {
        "blocks": 2,
        "learning_rate": "1e-03",
        "target": pytest.approx(0.805),
        "source": pytest.approx(0.55),
    }


def test_one_seed_has_no_range_and_a_hole_stays_empty():
    picture = figures.depth_rate_map([row for row in ROWS if row["seed"] == 0][1:])
    assert texts(picture) == ["70", "80", "80", "95", "95", "55"]


@pytest.mark.parametrize(
    ("rows", "chosen", "says"),
    [
        ([], None, "no rows"),
        ([{"blocks": 1, "learning_rate": 1e-3, "target": 0.5}], None, "no column 'source'"),
        (ROWS, (9, 1e-3), "is not a cell of the map"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(rows, chosen, says):
    with pytest.raises(CourseError, match=says):
        figures.depth_rate_map(rows, chosen=chosen)


def test_a_guess_is_a_cell():
    state = MapState(blocks=2, learning_rate=1e-3)
    assert state.guess is None
    assert state.guessed().at(blocks=0).guess == (2, 1e-3)
    with pytest.raises(CourseError, match="no guess"):
        MapState(guess_rate=1e-3)
    with pytest.raises(CourseError, match=r"no rate 0\.5"):
        MapState(learning_rate=0.5)


def test_the_best_cell_is_best_on_validation_pictures():
    assert best(ROWS) == (2, 1e-3)
    assert verdict(ROWS, (2, 1e-3)).startswith("You found the best cell")
    words = verdict(ROWS, (0, 1e-4))
    assert "target 72.5%, source 90.0%, on validation pictures" in words
    assert "10.0 points more" in words
    assert "You did not mark a cell" in verdict(ROWS, None)


def test_a_live_run_is_compared_with_the_recorded_ones_of_its_cell():
    run = training.RunProgress("a run", 0, (training.Point(45, {"target": 0.61, "source": 0.20}),))
    words = compared(ROWS, (2, 1e-3), run)
    assert "the target is in the recorded 60% to 60%" in words
    assert "the source is outside the recorded 90% to 90%" in words
    assert "not recorded" in compared(ROWS, (4, 1e-2), run)


def test_a_run_is_found_by_its_cell_and_its_seed():
    assert recorded_run(ROWS, MapState(seed=1)).seed == 1
    assert recorded_run(ROWS, MapState(seed=9)) is None


@pytest.fixture
def experiment():
    return Experiment()


@pytest.fixture
def view(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    view = depth_rate_map_view.MapView(ROWS, make=lambda rank: experiment)
    yield view
    view.live.stop()
    view.live.join(60)


def test_guess_reveal_and_replay(view):
    assert not view.map.value
    view.blocks.value, view.rate.value = 0, 1e-4
    view.mark.click()
    assert "0 blocks at 1e-4" in view.marked.value
    view.reveal.click()
    assert "10.0 points more" in view.said.value
    assert "<img" in view.map.value
    assert view.mark.disabled
    view.blocks.value, view.rate.value = 2, 1e-3
    assert "2 blocks at 1e-3, recorded, step 10: target 60%, source 90%" in view.reading.value
    view.replay._forward.click()
    assert "step 20" in view.reading.value
    view.seed.value = 40
    assert "Run it for real" in view.reading.value


def test_a_cell_is_run_for_real_and_compared(view, experiment):
    view.buttons._start.click()
    view.live.join(60)
    assert [(recipe.blocks, recipe.learning_rate, seed) for recipe, seed in experiment.recipes] == [(2, 1e-3, 0)]
    assert "Done after 45 steps" in view.said.value
    assert "the source is in the recorded 90% to 90%" in view.said.value
    assert view.model == "the model"


def test_the_state_can_be_restored_with_its_guess_and_the_map(view):
    view.mark.click()
    hidden = view._code.value
    view.reveal.click()
    code = view._code.value
    view.restore(hidden)
    assert not view.map.value
    view.restore(code)
    assert view.state.guess == (2, 1e-3)
    assert "<img" in view.map.value


def test_without_its_recording_the_lab_still_runs(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    view = depth_rate_map_view.MapView([], "Nothing there.", lambda rank: experiment)
    assert view.reveal.disabled
    view.buttons._start.click()
    view.live.join(60)
    assert "This cell was not recorded." in view.said.value


def test_the_shipped_recording_has_every_cell():
    rows = recorded("map-scans")
    assert recorded_run(rows, MapState()).curve[-1].step == 110


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    bundle = depth_rate_map_view.depth_rate_map()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Depth and rate" in bundle["text/plain"]
