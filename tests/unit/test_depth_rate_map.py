"""The map of depth and rate: the figure, what the page of its lab gets, and the widget."""

import json
import threading

import ipywidgets
import pytest
import traitlets
from lab_stand_ins import Experiment

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.experiments import RATES, recorded
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.kit import training
from course_utils.labs.map_lab import depth_rate_map_widget
from course_utils.labs.map_lab.depth_rate_map import BLOCKS, STEPS, TABLE, MapSetting, best, page_data, ties
from course_utils.labs.map_lab.depth_rate_map_widget import DepthRateMap

RECORDED = recorded("map-scans")

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


@pytest.fixture
def experiment():
    return Experiment()


@pytest.fixture
def lab(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    lab = DepthRateMap(RECORDED, make=lambda rank: experiment)
    lab.sent = []
    lab.send = lambda content, buffers=None: lab.sent.append(content)
    yield lab
    lab.live.stop()
    lab.live.join(60)


def pressed(lab, command):
    """Send what a button of the page sends."""
    lab._handle_custom_msg({"command": command}, [])


def test_the_best_cell_is_best_on_validation_pictures_and_ties_lie_within_two_standard_errors():
    assert best(ROWS) == (2, 1e-3)  # 82.5 % on validation pictures; the others 72.5 %
    assert ties(ROWS, pictures=200) == ([], pytest.approx(2 * (0.825 * 0.175 / 200) ** 0.5))
    assert ties(ROWS, pictures=50)[0] == [(0, 1e-4), (0, 1e-3), (2, 1e-4)]  # 10.7 points


def test_a_setting_becomes_a_recipe_whose_run_takes_the_steps_that_were_recorded():
    setting = MapSetting(1, 1e-4, 7)
    assert (setting.recipe().blocks, setting.recipe().learning_rate) == (1, 1e-4)
    assert setting.name() == "1 block unfrozen at 1e-4"
    assert 0 < STEPS - RECORDED[0]["curve"][-1]["step"] < training.EVERY


@pytest.mark.parametrize("fields", [{"blocks": 5}, {"blocks": "2"}, {"learning_rate": 0.5}, {"seed": -1}])
def test_a_setting_that_no_control_has_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        MapSetting(**fields)


def test_the_page_gets_every_cell_and_every_run_in_less_than_60_kilobytes():
    data = page_data(RECORDED)
    assert len(json.dumps(data, allow_nan=False)) < 60_000
    assert [(cell["blocks"], cell["learning_rate"]) for cell in data["cells"]] == [
        (blocks, rate) for blocks in range(len(BLOCKS) + 1) for rate in RATES
    ]
    assert len(data["runs"]) == len(RECORDED)
    (cell,) = [cell for cell in data["cells"] if [cell["blocks"], cell["learning_rate"]] == data["best"]]
    ends = [run["curve"][-1] for run in data["runs"] if [run["blocks"], run["learning_rate"]] == data["best"]]
    assert cell["target"][1:] == [min(end[1] for end in ends), max(end[1] for end in ends)]
    assert cell["source"][0] == pytest.approx(sum(end[2] for end in ends) / len(ends), abs=1e-4)
    assert cell["test"] < cell["target"][0]  # the winner's curse that the lab shows
    assert {end[0] for end in ends} == {STEPS}
    assert data["best"] not in data["ties"]


def test_the_page_starts_with_a_frozen_network():
    start = {name: value for name, value in TABLE["start"].items() if name != "task"}
    assert MapSetting(**start) == MapSetting(blocks=0)


def test_the_traits_are_the_setting_and_a_guess_is_a_cell(lab):
    lab.blocks, lab.learning_rate, lab.seed = 3, 1e-4, 7
    assert lab.setting == MapSetting(3, 1e-4, 7)
    lab.set_state({"guess": [2, 0.001], "task": "source", "revealed": True})  # as a message from the page does
    assert (lab.guess, lab.task, lab.revealed) == ((2, 0.001), "source", True)
    lab.guess = None
    assert lab.guess is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blocks", 5),
        ("learning_rate", 0.5),
        ("seed", 100),
        ("task", "both"),
        ("guess", (5, 1e-3)),
        ("guess", (2, 0.5)),
        ("step", STEPS + 1),
        ("step", -1),
    ],
)
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(lab, name, value):
    before = getattr(lab, name)
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_a_control_can_be_linked_and_observed(lab):
    slider, seen = ipywidgets.IntSlider(max=4), []
    traitlets.link((lab, "blocks"), (slider, "value"))
    lab.observe(lambda event: seen.append(event["new"]), "guess")
    slider.value = 4
    assert lab.blocks == 4
    lab.guess = (4, 1e-4)
    assert seen == [(4, 1e-4)]


def test_the_network_is_prepared_at_the_first_flag_and_only_then():
    asked = threading.Event()
    lab = DepthRateMap(RECORDED, make=lambda rank: asked.set() or Experiment())
    lab.revealed = True
    assert not asked.is_set()
    lab.guess = (1, 1e-3)
    assert asked.wait(60)
    asked.clear()
    lab.blocks, lab.seed = 1, 3
    assert not asked.is_set()


def test_a_cell_is_run_for_real_while_another_one_is_open(lab, experiment):
    lab.blocks, lab.learning_rate, lab.seed = 3, 1e-3, 50
    experiment.gate.clear()
    pressed(lab, "start")
    lab.blocks, lab.learning_rate = 1, 1e-4
    experiment.gate.set()
    lab.live.join(60)
    last = lab.sent[-1]
    assert all(len(json.dumps(message, allow_nan=False)) < 1500 for message in lab.sent)
    assert (last["phase"], last["run"]["outcome"], last["run"]["total"]) == ("idle", "done", STEPS)
    assert last["run"]["curve"] == [[step, 0.8, 0.9] for step in (0, 10, 20, 30, 40, 45)]
    assert [(recipe.blocks, recipe.learning_rate, seed) for recipe, seed in experiment.recipes] == [(3, 1e-3, 50)]
    assert last["run"]["setting"] == {"blocks": 3, "learning_rate": 1e-3, "seed": 50}
    assert lab.model == "the model"


def test_ten_clicks_start_one_run(lab, experiment):
    experiment.gate.clear()
    for _ in range(10):
        pressed(lab, "start")
    assert "still going" in lab.live.words
    experiment.gate.set()
    lab.live.join(60)
    assert len(experiment.recipes) == 1


def test_without_its_recording_the_lab_says_why_and_still_runs(experiment, monkeypatch):
    monkeypatch.setattr(training, "relative_drift", lambda start, network: [])
    lab = DepthRateMap([], "Nothing there.", make=lambda rank: experiment)
    assert (lab.data["cells"], lab.data["best"], lab.data["missing"]) == ([], None, "Nothing there.")
    assert lab.start()
    lab.live.join(60)
    assert "Done after 45 steps" in lab.live.words
    assert "no rows to draw" in lab.static()["text/plain"]


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = depth_rate_map_widget.depth_rate_map()._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<img" in bundle["text/html"]
    assert "Depth and rate" in bundle["text/plain"]
    assert "the frame marks 3 blocks at 1e-3" in bundle["text/plain"]
