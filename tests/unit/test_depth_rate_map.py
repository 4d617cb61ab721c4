"""The map of depth and rate: the figure, and the lab that guesses, replays and runs its cells."""

from importlib import import_module

import pytest

from course_utils import figures
from course_utils.errors import CourseError

lab = import_module("course_utils.labs.depth_rate_map")  # the package's own name for it is the function

ROWS = [
    {
        "blocks": blocks,
        "learning_rate": rate,
        "seed": seed,
        "target": 0.70 + 0.05 * blocks + 0.01 * seed,
        "validation": 0.72 + 0.05 * blocks * (rate == 1e-3) + 0.01 * seed,
        "source": 0.95 - 0.2 * blocks * (rate == 1e-3),
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
        (ROWS, (9, 1e-3), "is no cell of the map"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(rows, chosen, says):
    with pytest.raises(CourseError, match=says):
        figures.depth_rate_map(rows, chosen=chosen)


def test_the_best_cell_is_best_on_validation_pictures():
    assert lab.best(ROWS) == (2, 1e-3)
    assert lab.sentence(ROWS, (2, 1e-3)).startswith("You found the best cell")
    words = lab.sentence(ROWS, (0, 1e-4))
    assert "target 72.5% on validation pictures, source 95.0%" in words
    assert "10.0 points more" in words
    with pytest.raises(CourseError, match="no cell with blocks=7"):
        lab.sentence(ROWS, (7, 1e-3))


def test_a_live_run_is_compared_with_its_band():
    words = lab.compared(ROWS, (2, 1e-3), {"target": 0.805, "source": 0.20})
    assert "target 80.5%, in the recorded 80.0% to 81.0%" in words
    assert "source 20.0%, outside the recorded 55.0%" in words


class Experiment:
    """A stand-in for ``FineTuning``."""

    def run(self, recipe, seed):
        return {"target": 0.80, "source": 0.55}


class Immediate:
    """A thread that is done when it was started."""

    def __init__(self, target, args, daemon):
        self.target, self.args = target, args

    def start(self):
        self.target(*self.args)


def test_guess_reveal_replay_and_run(monkeypatch):
    monkeypatch.setattr(lab.threading, "Thread", Immediate)
    view = lab.depth_rate_map(ROWS, Experiment)
    controls, words, map_, course = view.widget.children
    blocks, rate, _, buttons = controls.children
    reveal, again, real = buttons.children
    assert not map_.value
    blocks.value, rate.value = 2, 1e-3
    reveal.click()
    assert "You found the best cell" in words.value
    assert "<img" in map_.value
    again.click()
    assert "Recorded: 2 blocks at 0.001, seed 0" in course.value
    real.click()
    assert "Just now: target 80.0%" in words.value
    assert not real.disabled


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    bundle = lab.depth_rate_map(ROWS)._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Depth and rate" in bundle["text/plain"]
