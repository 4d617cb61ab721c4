"""The strategy map: what the page gets, and the widget."""

import json

import pytest

from course_utils.advisor import advise
from course_utils.errors import CourseError
from course_utils.experiments import GRID_TASKS, STRATEGIES, grid_cells
from course_utils.labs import strategy_map
from course_utils.labs.strategy_lab.strategy_map import HEAD_STARTS, LABELS, TABLE, page_data
from course_utils.labs.strategy_lab.strategy_map_widget import StrategyMap


@pytest.fixture(scope="module")
def cells():
    return grid_cells(*GRID_TASKS)


def test_the_page_gets_the_advisors_answer_at_every_stop(cells):
    data = page_data(cells)
    assert len(data["answers"]) == len(LABELS) * len(HEAD_STARTS)
    assert len(json.dumps(data, allow_nan=False)) < 90_000
    for answer in data["answers"]:
        assert answer["strategy"] == advise(answer["labels"], answer["head_start"], cells).strategy
    assert len({answer["winner"] for answer in data["answers"]}) >= 4
    assert any(answer["strategy"] is None for answer in data["answers"])
    assert any(answer["strategy"] for answer in data["answers"])


def test_every_strategy_has_a_letter_of_its_own():
    assert set(TABLE["letters"]) == set(STRATEGIES)
    assert len(set(TABLE["letters"].values())) == len(STRATEGIES)


@pytest.mark.parametrize(("name", "value"), [("labels", 3), ("head_start", 5), ("guess", "magic")])
def test_a_value_that_no_control_has_is_refused_and_nothing_changes(cells, name, value):
    lab = StrategyMap(cells)
    before = getattr(lab, name)
    with pytest.raises(CourseError, match="Choose one from its controls"):
        setattr(lab, name, value)
    assert getattr(lab, name) == before


def test_it_runs_nothing_and_says_how(cells):
    with pytest.raises(CourseError, match=r"experiments\.Strategies"):
        StrategyMap(cells).start()


def test_without_a_front_end_there_is_a_picture_with_words():
    bundle = strategy_map()._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "The best strategy" in bundle["text/plain"]


def test_without_recordings_the_lab_says_why():
    lab = StrategyMap([], "Nothing there.")
    assert (lab.data["answers"], lab.data["missing"]) == ([], "Nothing there.")
    assert "no rows to draw" in lab.static()["text/plain"]
