"""What all labs share: one lab per cell, controls with names, late clicks, and memory that stays flat."""

import gc
import threading
import tracemalloc

import ipywidgets
import pytest
from anywidget import AnyWidget
from ipywidgets.widgets.widget import _instances
from lab_stand_ins import Experiment

from course_utils.experiments import recorded
from course_utils.labs.budget_lab.label_budget_view import LabelBudgetView
from course_utils.labs.kit import lab as labs_lab
from course_utils.labs.kit import training
from course_utils.labs.kit.controls import GuessMenu, Replay
from course_utils.labs.kit.lab import Lab
from course_utils.labs.kit.live import Live
from course_utils.labs.map_lab.depth_rate_map_view import MapView
from course_utils.labs.thermometer_lab.thermometer import RecordedRuns
from course_utils.labs.thermometer_lab.thermometer_view import ThermometerView

VIEWS = {
    "thermometer": lambda: ThermometerView(RecordedRuns(recorded("remedies-scans")), make=lambda rank: Experiment()),
    "map": lambda: MapView(recorded("map-scans"), make=lambda rank: Experiment()),
    "label-budget": LabelBudgetView,
}


def leaves(widget):
    children = getattr(widget, "children", ())
    return [leaf for child in children for leaf in leaves(child)] or [widget]


@pytest.mark.parametrize("name", VIEWS)
def test_every_control_has_a_name_and_is_not_a_slider(name):
    view = VIEWS[name]()
    assert view.name == name
    drawn = ipywidgets.HTML | AnyWidget  # words, pictures, and the guard
    controls = [leaf for leaf in leaves(view.widget) if not isinstance(leaf, drawn)]
    assert all(control.description for control in controls)
    assert not any("Slider" in type(control).__name__ for control in controls)


@pytest.mark.parametrize("name", VIEWS)
def test_words_are_read_out_and_pictures_have_words(name):
    view = VIEWS[name]()
    assert 'role="status"' in view.said.value
    assert 'role="img" aria-label=' in view.picture.value


@pytest.mark.parametrize("name", VIEWS)
def test_a_text_that_is_not_a_state_of_this_lab_changes_nothing(name):
    view = VIEWS[name]()
    before = view.state
    (other,) = {VIEWS[one]()._code.value for one in VIEWS if one == ("map" if name == "thermometer" else "thermometer")}
    for text, says in (("", "paste one"), ("x" * 400, "400 characters"), ("nonsense", "damaged"), (other, "belongs")):
        view.restore(text)
        assert says in view.said.value
    assert view.state == before


def test_running_a_cell_again_closes_the_lab_that_it_had_opened(monkeypatch):
    monkeypatch.setattr(labs_lab, "_cell", lambda: "cell-1")
    first = Lab(VIEWS["thermometer"]())
    gate = threading.Event()

    def work(control):
        control.on_stop(gate.set)
        gate.wait(10)
        yield from ()

    first.view.live.start(work)
    second = Lab(VIEWS["thermometer"]())
    first.view.live.join(60)
    assert first.view.live.phase == "idle"
    assert first.view.widget.comm is None
    assert second.view.widget.comm is not None
    monkeypatch.setattr(labs_lab, "_cell", lambda: "cell-2")
    Lab(VIEWS["thermometer"]())
    assert second.view.widget.comm is not None  # another cell's lab stays


def test_opening_a_lab_repeatedly_leaves_no_widgets_behind(monkeypatch):
    monkeypatch.setattr(labs_lab, "_cell", lambda: "cell-3")
    Lab(VIEWS["map"]())
    before = len(_instances)
    for _ in range(3):
        Lab(VIEWS["map"]())
    assert len(_instances) == before


def test_the_network_is_prepared_at_the_first_change_and_not_before():
    asked = threading.Event()
    view = MapView(recorded("map-scans"), make=lambda rank: asked.set() or Experiment())
    assert not asked.is_set()
    view.seed.value = 3
    assert asked.wait(60)


def test_a_guess_is_none_until_it_is_chosen_and_zero_is_one():
    guess = GuessMenu("Your guess", [("0 %", 0), ("50 %", 50)])
    assert (guess.guess, guess.index) == (None, 0)
    guess.guess = 0
    assert (guess.guess, guess.label) == (0, "0 %")
    guess.guess = 37
    assert guess.guess is None


def test_late_clicks_show_the_nearest_place():
    seen = []
    replay = Replay("Step", seen.append, Live())
    replay.set([10, 20, 30], 0)
    replay._back.click()
    replay.set([10, 20, 30], 2)
    replay._forward.click()
    replay.set([], 5)
    replay._forward.click()
    assert seen == [0, 2]
    assert replay._play.disabled


def test_a_replay_plays_to_its_end_and_can_be_stopped(monkeypatch):
    monkeypatch.setattr(training, "_BETWEEN_FRAMES", 0.0)
    view = VIEWS["thermometer"]()
    view.reveal.click()
    view.replay._place.index = 0
    view.replay._play.click()
    view.live.join(60)
    assert view.replay._forward.disabled
    assert "has ended" in view.said.value


def test_a_hundred_replays_leave_the_memory_flat():
    view = VIEWS["thermometer"]()
    view.reveal.click()

    def replay(times):
        for _ in range(times):
            for place in (10, 5, 0):
                view.replay._place.index = place

    replay(3)
    tracemalloc.start()
    replay(3)
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    replay(100)
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 200_000
