"""The figures of lessons 05 and 06: their words and tables, and what they refuse."""

import numpy as np
import pytest

from course_utils import figures
from course_utils.errors import CourseError
from course_utils.figures import tradeoff

ROWS = [
    {"method": method, "setting": setting, "seed": seed, "source": source + 0.02 * seed, "target": target - 0.01 * seed}
    for method, setting, source, target in (
        ("plain", 1e-4, 0.90, 0.70),
        ("plain", 1e-3, 0.20, 0.80),
        ("rehearsal", 0.12, 0.80, 0.80),
    )
    for seed in (0, 1)
]


@pytest.mark.parametrize("draw", [figures.front, figures.fronts])
def test_the_words_and_the_table_tell_mean_and_band(draw):
    picture = draw(ROWS, before=0.96, title="Remedies")
    assert "up and to the right is better" in picture.alt
    assert "plain is nearest to the better corner at 1e-4, with source 91 % and target 70 %" in picture.alt
    assert "Before fine-tuning the source accuracy is 96 %." in picture.alt
    assert [row["method"] for row in picture.table] == ["plain", "plain", "rehearsal"]
    first = picture.table[0]
    assert (first["source"], first["source lowest"], first["source highest"]) == pytest.approx((0.91, 0.90, 0.92))
    assert (first["target lowest"], first["target highest"], first["runs"]) == pytest.approx((0.69, 0.70, 2))


def test_every_point_carries_its_setting_and_the_better_side_is_named():
    texts = [t.get_text() for t in figures.front(ROWS).figure.axes[0].texts]
    assert sorted(texts) == sorted(["better", "1e-4", "1e-3", "0.12"])
    markers = {line.get_marker() for line in figures.front(ROWS).figure.axes[0].get_lines()} - {"None"}
    assert len(markers) == 2


def test_every_panel_but_the_first_shows_the_baseline_behind():
    axes = figures.fronts(ROWS, baseline="rehearsal").figure.axes
    assert [axis.get_title(loc="left") for axis in axes] == ["rehearsal", "plain"]
    lines = [{line.get_label() for line in axis.get_lines() if line.get_label()[0] != "_"} for axis in axes]
    assert lines == [{"rehearsal"}, {"rehearsal", "plain"}]


def test_settings_are_written_short():
    assert [tradeoff._setting(s) for s in (3e-4, 1e-2, 10000, 2, 0, "all")] == [
        "3e-4",
        "0.01",
        "10000",
        "2",
        "0",
        "all",
    ]


def test_names_move_aside_where_points_are_crowded():
    rows = [{"method": "plain", "setting": s, "source": 0.5 + s / 1000, "target": 0.5} for s in (1, 2, 3)]
    rows.append({"method": "plain", "setting": 9, "source": 0.9, "target": 0.9})
    figure = figures.front(rows).figure
    figure.draw_without_rendering()
    boxes = [t.get_window_extent() for t in figure.axes[0].texts if t.get_text() in "123"]
    assert not any(a.padded(-1).overlaps(b.padded(-1)) for i, a in enumerate(boxes) for b in boxes[:i])


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(CourseError, match="no rows"):
        figures.front([])
    with pytest.raises(CourseError, match="no column 'target'"):
        figures.front([{"method": "plain", "setting": 1, "source": 0.5}])
    with pytest.raises(CourseError, match="no row of the baseline 'naive'; methods: plain, rehearsal"):
        figures.fronts(ROWS, baseline="naive")


def test_an_accuracy_matrix_leaves_what_was_not_measured_empty():
    picture = figures.accuracy_matrix([[0.96, np.nan], [0.3, 0.8]], ["source", "scans"], title="Two tasks")
    assert (
        picture.alt
        == "Two tasks. Accuracy on every task after source: source 96 %; after scans: source 30 %, scans 80 %."
    )
    assert [t.get_text() for t in picture.figure.axes[0].texts] == ["96", "", "30", "80"]
    with pytest.raises(CourseError, match=r"shape \(1, 2\), but there are 2 tasks"):
        figures.accuracy_matrix([[0.96, 0.3]], ["source", "scans"])
