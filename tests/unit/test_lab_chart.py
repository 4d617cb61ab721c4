"""The labs' own curves: well-formed pictures with words, drawn at once, whatever the numbers are."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from course_utils.figures.style import marks
from course_utils.labs.kit.chart import Line, curves

MARKS = list(marks(["a", "b", "c", "d"]).values())
FINITE = st.floats(-1e6, 1e6)


def draw(lines, **more):
    return ET.fromstring(curves(lines, title="A title", alt="What it shows", x_label="steps", x_end=100, **more))


def texts(svg):
    return [element.text for element in svg.iter("text")]


def test_a_chart_says_what_it_shows_and_names_its_lines():
    svg = draw(
        [Line("target <live>", [(0, 0.5), (100, 1.0)], MARKS[0], band=[(0, 0.4, 0.6), (100, 0.9, 1.0)])],
        level=("alarm", 0.9),
        marked=("your guess", 40),
    )
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "What it shows")
    assert {"A title", "target <live>", "alarm", "your guess", "steps", "100 %"} <= set(texts(svg))


@given(st.floats(1e-3, 1e6))
def test_the_axis_has_a_few_round_numbers(end):
    svg = ET.fromstring(curves([], title="", alt="", x_label="", x_end=end))
    numbers = [float(text) for text in texts(svg) if text and "%" not in text]
    assert 3 <= len(numbers) <= 6
    assert numbers[-1] <= end * 1.001


def test_a_ghost_differs_by_more_than_colour():
    live, ghost = (draw([Line("run", [(0, 0.5), (50, 0.6)], MARKS[0], faint)]) for faint in (False, True))
    assert {e.get("stroke-dasharray") for e in live.iter("polyline")} == {""}
    assert {e.get("stroke-dasharray") for e in ghost.iter("polyline")} == {"1 4"}
    assert {e.get("fill") for e in ghost.iter("circle")} == {"white"}


@given(st.lists(st.tuples(FINITE, FINITE)), st.sampled_from(MARKS), FINITE)
def test_whatever_the_numbers_nothing_is_drawn_outside_the_picture(points, mark, guess):
    svg = draw([Line("run", points, mark)], marked=("guess", guess), level=("level", guess))
    for line in svg.iter("polyline"):
        for pair in filter(None, line.get("points").split(" ")):
            x, y = map(float, pair.split(","))
            assert 0 <= x <= 680
            assert 0 <= y <= 360
