"""A lesson's cover: what its first cell shows."""

import re

import pytest

from course_utils import learn
from course_utils.checkout import find_checkout, find_lessons
from course_utils.errors import CourseError

LESSONS = find_lessons(find_checkout())


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_each_lesson_shows_its_own_cover(lesson):
    assert re.findall(r'^learn\.cover\("(\d\d)"\)$', lesson.source.read_text("utf-8"), re.M) == [lesson.name[:2]]
    shown = learn.cover(lesson.name[:2])._repr_mimebundle_()
    assert shown["text/plain"].endswith(".")
    assert shown["text/plain"] in shown["text/html"]


def test_every_colour_of_a_cover_is_known_where_it_is_shown():
    for lesson in LESSONS:
        html = learn.cover(lesson.name[:2])._repr_mimebundle_()["text/html"]
        used, known = set(re.findall(r"var\((--[\w-]+)[,)]", html)), set(re.findall(r"(--[\w-]+):", html))
        assert used - known == {"--jp-layout-color0"}


def test_a_lesson_without_a_cover_is_refused_in_words():
    with pytest.raises(CourseError, match=r"no cover for lesson '5'\. There is one for each of 00, 01"):
        learn.cover("5")
