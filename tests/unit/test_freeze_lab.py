"""The freeze lab: what decides a run, what the page gets, and the widget whose traits are the page's controls."""

import json
from dataclasses import replace

import ipywidgets
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.widgets.widget import _instances
from lab_stand_ins import Experiment

from course_utils.backbones import load_backbone
from course_utils.errors import CourseError
from course_utils.experiments import RATES, recorded
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.freezing_lab import freeze_lab_widget
from course_utils.labs.freezing_lab.freeze_lab import (
    BATCHNORMS,
    BLOCKS,
    EPOCHS,
    HEADS,
    SEEDS,
    STEPS,
    FreezeSetting,
    depth,
    locked_to,
    page_data,
)
from course_utils.labs.freezing_lab.freeze_lab_widget import FreezeLab
from course_utils.labs.kit import open_labs, training

ROWS = recorded("map-scans")
LOCKS = st.tuples(*[st.booleans()] * len(BLOCKS))
SETTINGS = st.builds(
    FreezeSetting,
    locked=LOCKS,
    learning_rate=st.sampled_from(RATES),
    epochs=st.sampled_from(EPOCHS),
    head=st.sampled_from(HEADS),
    batchnorm=st.sampled_from(BATCHNORMS),
    seed=st.sampled_from(SEEDS),
)


@pytest.fixture
def experiment():
    return Experiment()


@pytest.fixture
def lab(experiment, monkeypatch):
    monkeypatch.setattr(
        training, "relative_drift", lambda start, network: [{"block": "block4", "drift": 0.25, "statistics": 0.0}]
    )
    lab = FreezeLab(ROWS, make=lambda rank: experiment)
    lab.sent = []
    lab.send = lambda content, buffers=None: lab.sent.append(content)
    yield lab
    lab.live.stop()
    lab.live.join(60)


def pressed(lab, command):
    """Send what a button of the page sends."""
    lab._handle_custom_msg({"command": command}, [])


def test_a_setting_becomes_a_recipe():
    setting = FreezeSetting(locked_to(2), 1e-4, 3, "random", "training", 7)
    recipe = setting.recipe()
    assert (recipe.blocks, recipe.learning_rate, recipe.head, recipe.batchnorm) == (2, 1e-4, "random", "training")
    assert recipe.steps == 19  # 3 x 200 pictures in batches of 32
    assert setting.name() == "block1, block2 frozen, 1e-4, random head, BatchNorm trains"


@given(SETTINGS)
def test_a_recipe_unfreezes_what_is_not_locked(setting):
    blocks = setting.recipe().blocks
    assert (BLOCKS[len(BLOCKS) - blocks :] if isinstance(blocks, int) else blocks) == setting.unfrozen
    assert isinstance(blocks, int) == (list(setting.locked) == sorted(setting.locked, reverse=True))


@given(st.integers(0, len(BLOCKS)), LOCKS)
def test_the_depth_counts_the_locked_blocks_before_the_first_that_learns(frozen, locked):
    assert depth(locked_to(frozen)) == frozen
    assert all(locked[: depth(locked)])
    assert depth(locked) == len(BLOCKS) or not locked[depth(locked)]


@pytest.mark.parametrize(
    "fields",
    [
        {"locked": (True,)},
        {"locked": (0.5,) * 4},
        {"learning_rate": 1.0},
        {"epochs": 0},
        {"head": "none"},
        {"batchnorm": "off"},
        {"seed": "0"},
    ],
)
def test_a_setting_that_no_control_has_is_refused(fields):
    with pytest.raises(CourseError, match="Choose one from its controls"):
        FreezeSetting(**fields)


def test_the_page_gets_every_recorded_run_in_less_than_60_kilobytes():
    data = page_data(ROWS)
    assert len(json.dumps(data, allow_nan=False)) < 60_000
    assert len(data["runs"]) == len(ROWS)
    asked = {"locked": [False] * len(BLOCKS), "learning_rate": 1e-3, "seed": 0}
    (run,) = [run for run in data["runs"] if asked.items() <= run.items()]
    (row,) = [row for row in ROWS if (row["blocks"], row["learning_rate"], row["seed"]) == (4, 1e-3, 0)]
    assert [point[0] for point in run["curve"]] == [*range(10, 120, 10), 112]
    assert run["curve"][-1][1:] == [row["validation_target"], row["validation_source"]]
    assert run["drift"] == [round(row["drift"][block], 4) for block in BLOCKS]
    assert data["recorded"]["epochs"] * data["steps_per_epoch"] == run["curve"][-1][0]


def test_the_page_counts_the_weights_of_the_network():
    blocks = page_data(ROWS)["blocks"]
    network = load_backbone("embedded", weights=None)
    network.trainable = True
    assert [block["name"] for block in blocks] == list(BLOCKS)
    assert sum(block["total"] for block in blocks) == network.count_params()
    trainable = sum(block["weights"] + block["norms"] for block in blocks)
    assert trainable == sum(weight.numpy().size for weight in network.trainable_weights)


@pytest.mark.parametrize("name", ["start", "recorded"])
def test_every_value_that_the_page_starts_with_is_one_of_the_controls(name):
    values = page_data(ROWS)["table"]["start"] if name == "start" else page_data(ROWS)["recorded"]
    FreezeSetting(**{key: value for key, value in values.items() if key != "frozen"})


def test_the_traits_are_the_setting(lab):
    lab.learning_rate, lab.epochs, lab.head, lab.batchnorm, lab.seed = 1e-4, 3, "random", "training", 7
    lab.frozen = 2
    assert lab.locked == [True, True, False, False]
    assert lab.setting == FreezeSetting(locked_to(2), 1e-4, 3, "random", "training", 7)


def test_locks_from_the_page_move_the_depth_and_stay_as_they_are(lab):
    lab.set_state({"locked": [True, False, True, False]})  # as a message from the page does
    assert (lab.frozen, lab.locked) == (1, [True, False, True, False])
    lab.frozen = 3
    assert lab.locked == [True, True, True, False]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("frozen", 5),
        ("locked", [True]),
        ("learning_rate", 0.5),
        ("epochs", 21),
        ("head", "none"),
        ("batchnorm", "off"),
        ("seed", 100),
        ("guess", 101),
    ],
)
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(lab, name, value):
    before = lab.setting
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert (lab.setting, lab.guess) == (before, None)


def test_a_control_can_be_linked_and_observed(lab):
    slider, seen = ipywidgets.IntSlider(max=4), []
    traitlets.link((slider, "value"), (lab, "frozen"))
    lab.observe(lambda event: seen.append(event["new"]), "locked")
    slider.value = 4
    assert seen == [[True, True, True, True]]
    lab.locked = [False] * 4
    assert slider.value == 0


def test_the_network_is_prepared_at_the_first_change_and_only_then():
    asked = []
    lab = FreezeLab(ROWS, make=lambda rank: asked.append(rank) or Experiment())
    assert asked == []
    lab.epochs, lab.seed = 3, 4
    assert asked == [None]


def test_a_run_reaches_the_page_as_small_messages_and_its_end_always(lab, experiment):
    lab.seed = 50
    pressed(lab, "start")
    lab.live.join(60)
    last = lab.sent[-1]
    assert all(len(json.dumps(message, allow_nan=False)) < 1500 for message in lab.sent)
    assert (last["phase"], last["run"]["outcome"], last["run"]["step"]) == ("idle", "done", 45)
    assert last["run"]["curve"] == [[step, 0.8, 0.9] for step in (0, 10, 20, 30, 40, 45)]
    assert last["run"]["drift"] == [0.0, 0.0, 0.0, 0.25]
    assert (last["run"]["setting"]["seed"], last["run"]["total"]) == (50, 16 * STEPS)
    assert "Done after 45 steps: target 80%, source 90%" in last["words"]
    assert lab.model == "the model"
    assert experiment.recipes[0][1] == 50


def test_a_page_that_opens_gets_what_there_is(lab):
    pressed(lab, "show")
    assert lab.sent == [{"kind": "live", "phase": "idle", "words": "", "run": None}]


def test_a_run_keeps_its_setting_while_the_controls_move(lab, experiment):
    experiment.gate.clear()
    pressed(lab, "start")
    for rate in RATES:
        lab.learning_rate = rate
    for _ in range(10):
        pressed(lab, "start")
    assert "still going" in lab.live.words
    experiment.gate.set()
    lab.live.join(60)
    assert len(experiment.recipes) == 1
    assert lab.sent[-1]["run"]["setting"]["learning_rate"] == 1e-3


def test_pause_step_and_stop_by_the_page_s_buttons(lab, experiment):
    experiment.gate.clear()
    pressed(lab, "start")
    pressed(lab, "pause")
    experiment.gate.set()
    while lab.live.phase != "paused":
        lab.live.join(0.01)
    assert lab.snapshot()["words"] in ("Paused.", lab.live.words)
    pressed(lab, "step")
    pressed(lab, "resume")
    pressed(lab, "stop")
    lab.live.join(60)
    assert lab.live.phase == "idle"
    assert lab.sent[-1]["run"]["outcome"] in ("stopped", "done")


def test_a_run_that_diverges_says_so_and_its_loss_is_not_a_number_in_no_message(lab, experiment):
    experiment.diverges_at = 15
    lab.start()
    lab.live.join(60)
    last = lab.sent[-1]
    assert "diverged at step 15: The loss is no longer a number" in last["words"]
    assert last["run"]["loss"] is None


def test_what_is_refused_is_said_and_the_next_run_can_start(lab, experiment):
    experiment.fail = True
    lab.start()
    lab.live.join(60)
    assert "This was refused." in lab.sent[-1]["words"]
    experiment.fail = False
    assert lab.start()


def test_an_unknown_command_does_nothing(lab):
    pressed(lab, "reboot")
    lab._handle_custom_msg({}, [])
    assert lab.sent == []


def test_running_a_cell_again_closes_the_lab_that_it_had_opened(monkeypatch):
    monkeypatch.setattr(open_labs, "_cell", lambda: "cell-1")
    FreezeLab(ROWS)
    before = len(_instances)
    for _ in range(3):
        lab = FreezeLab(ROWS)
    assert len(_instances) == before
    assert lab.comm is not None
    lab.close()


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = freeze_lab_widget.freeze_lab()._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<img" in bundle["text/html"]
    assert "Freeze lab" in bundle["text/plain"]


def test_with_a_front_end_the_picture_is_there_as_well(monkeypatch):
    monkeypatch.setenv(FRONT_ENDS[0], "here")
    bundle = freeze_lab_widget.freeze_lab()._repr_mimebundle_()
    assert bundle["text/html"].startswith("<course-widget ")
    assert "<img" in bundle["text/html"]


def test_without_a_recording_the_lab_says_why():
    lab = FreezeLab([], "There is nothing to replay.")
    assert (lab.data["runs"], lab.data["missing"]) == ([], "There is nothing to replay.")
    assert replace(lab.setting, seed=3) == replace(FreezeSetting(), seed=3)
