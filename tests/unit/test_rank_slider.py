"""The rank slider: what the page gets, and the widget."""

import json

import pytest

from course_utils.errors import CourseError
from course_utils.experiments import at_best_rate, recorded
from course_utils.labs import rank_slider
from course_utils.labs.rank_lab.rank_slider import RANKS, RATES, TASKS, page_data
from course_utils.labs.rank_lab.rank_slider_widget import RankSlider


@pytest.fixture(scope="module")
def recordings():
    return {task: recorded(f"ranks-{task}") for task in TASKS}


def test_the_page_gets_every_setting_and_which_rate_is_best(recordings):
    data = page_data(recordings)
    assert len(json.dumps(data, allow_nan=False)) < 20_000
    for task, rows in recordings.items():
        cells = data["cells"][task]
        assert {(c["rank"], c["learning_rate"]) for c in cells} == {(r["rank"], r["learning_rate"]) for r in rows}
        assert {c["rank"] for c in cells} == set(RANKS)
        assert {c["learning_rate"] for c in cells} == set(RATES)
        for rank in RANKS:
            (best,) = (c["learning_rate"] for c in cells if c["rank"] == rank and c["best"])
            assert best == at_best_rate(rows, rank=rank)[0]["learning_rate"]
    assert data["weights"]["8"] == 2 * data["weights"]["4"]


@pytest.mark.parametrize(("name", "value"), [("task", "cats"), ("rank", 3), ("learning_rate", 0.5), ("guess", 0)])
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(recordings, name, value):
    lab = RankSlider(recordings)
    before = getattr(lab, name)
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_it_runs_nothing_and_says_how(recordings):
    with pytest.raises(CourseError, match="lora_rank=rank"):
        RankSlider(recordings).start()


def test_without_a_front_end_there_is_a_picture_with_words():
    bundle = rank_slider()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "LoRA at a rate of 0.001" in bundle["text/plain"]


def test_without_recordings_the_lab_says_why():
    lab = RankSlider({}, "Nothing there.")
    assert (lab.data["cells"], lab.data["missing"]) == ({}, "Nothing there.")
    assert "no rows to draw" in lab.static()["text/plain"]
