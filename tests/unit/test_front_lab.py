"""The front: its settings, what they cost, the code that runs one, what the page gets, and the widget."""

import json
from types import SimpleNamespace

import pytest

from course_utils import load_backbone, transfer
from course_utils.errors import CourseError
from course_utils.experiments import FineTuning, Recipe, recorded
from course_utils.experiments.fair_front import tuned_recipe
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.remedies_lab import front_lab_widget
from course_utils.labs.remedies_lab.front_lab import SETTINGS, TABLE, code, cost, page_data, setting_key
from course_utils.labs.remedies_lab.front_lab_widget import FrontLab

RECORDED = recorded("front-scans")
COSTS = TABLE["costs"]


def test_the_numbers_behind_the_costs_are_those_of_the_network():
    network = load_backbone("embedded")
    for blocks, multiplications in COSTS["multiplications"].items():
        transfer.unfreeze_top(network, int(blocks))
        assert transfer.training_multiplications(network) == multiplications
    assert transfer.trainable_summary(network)[0] == COSTS["weights"]
    for rank, weights in COSTS["lora_weights"].items():
        updated = transfer.add_lora(load_backbone("embedded"), rank=int(rank))
        assert transfer.trainable_summary(updated)[0] == weights
        assert transfer.training_multiplications(updated) == COSTS["multiplications"]["4"]


def test_the_old_pictures_and_the_source_before_are_those_of_the_lesson():
    ft = FineTuning("scans", per_class=100)
    kept = ft.source.train.few(10, seed=0)
    assert (len(kept), kept.inputs.nbytes) == (COSTS["old_pictures"], COSTS["old_bytes"])
    assert ft.accuracies("validation")["source"] == pytest.approx(TABLE["intact"], abs=0.002)


def test_rehearsal_costs_pictures_and_multiplications_and_plain_nothing():
    assert cost("plain", 0) == {"work": 1, "megabytes": 0, "pictures": 0}
    assert cost("rehearsal", 0.5) == {"work": 2, "megabytes": 3.84, "pictures": 1250}
    assert cost("ewc", 10)["megabytes"] == pytest.approx(2 * cost("l2-sp", 0.1)["megabytes"], rel=0.001)
    assert cost("freezing", 2)["work"] < cost("freezing", 3)["work"] < 1
    assert cost("lora", 4)["megabytes"] < cost("wise-ft", 0.5)["megabytes"]


@pytest.mark.parametrize("key", SETTINGS)
def test_the_code_of_a_setting_makes_the_recipe_that_was_recorded(key):
    method, strength, rate = SETTINGS[key]
    asked = {}
    ft = SimpleNamespace(
        prepare=lambda recipe, seed: asked.update(recipe=recipe) or SimpleNamespace(events=list),
        model=SimpleNamespace(get_weights=list),
        average=lambda after, share: asked.update(share=share),
        accuracies=lambda part: {},
    )

    def fine_tuning(task, per_class, lora_rank=None):
        asked["rank"] = lora_rank
        return ft

    exec(code(method, strength, rate), {"experiments": SimpleNamespace(FineTuning=fine_tuning, Recipe=Recipe)})
    assert asked["recipe"] == tuned_recipe(method, rate, strength)
    assert asked["rank"] == (strength if method == "lora" else None)
    assert asked.get("share") == (strength if method == "wise-ft" else None)


def test_the_page_gets_every_setting_with_its_band():
    data = page_data(RECORDED)
    assert [at["key"] for at in data["settings"]] == list(SETTINGS)
    assert data["seeds"] == 5
    assert len(json.dumps(data, allow_nan=False)) < 40_000
    for at in data["settings"]:
        for task in ("source", "target"):
            mean, low, high = at[task]
            least, most = TABLE["axes"][task]
            assert least <= low <= mean <= high <= most


def test_a_setting_has_a_name_and_the_lab_starts_with_one_that_exists():
    assert setting_key("head first", 0, 1e-4) == "head-first/1e-4"
    assert setting_key("rehearsal", 0.12, 3e-4) == TABLE["start"]["setting"]
    assert TABLE["start"]["setting"] in SETTINGS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("setting", "magic/1e-3"),
        ("flagged", ""),
        ("guess", (50, 101)),
        ("source", -1),
        ("target", 101),
        ("by", "seconds"),
    ],
)
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(name, value):
    lab = FrontLab(RECORDED)
    before = getattr(lab, name)
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_a_message_of_the_page_sets_the_traits():
    lab = FrontLab(RECORDED)
    lab.set_state({"guess": [80, 85], "revealed": True, "setting": "ewc/100/3e-4", "by": "work"})
    assert (lab.guess, lab.revealed, lab.setting, lab.by) == ((80, 85), True, "ewc/100/3e-4", "work")


def test_it_runs_nothing_and_says_how():
    with pytest.raises(CourseError, match="Copy the code"):
        FrontLab(RECORDED).start()


def test_without_its_recording_the_lab_says_why():
    lab = FrontLab([], "Nothing there.")
    assert (lab.data["settings"], lab.data["missing"]) == ([], "Nothing there.")
    assert "no rows to draw" in lab.static()["text/plain"]


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = front_lab_widget.front_lab()._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "<img" in bundle["text/html"]
    assert "Each method's own front" in bundle["text/plain"]
