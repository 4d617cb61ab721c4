"""The cover of a lesson: below its title, as a picture of its own, in colours that are seen on white and on black."""

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_markdown_cell, new_notebook

from course_utils.authoring.covers import _TONES, attach_cover, read_cover
from course_utils.checkout import find_checkout, find_lessons
from course_utils.errors import CourseError

SVG = '<svg viewBox="0 0 9 9" role="img" aria-label="A dot."><circle r="3" style="fill: var(--target)" /></svg>'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "covers").mkdir()
    return tmp_path / "98_dots.py"


def covered(source: Path, svg: str):
    (source.parent / "covers" / "98_dots.svg").write_text(svg, encoding="utf-8")
    notebook = new_notebook(cells=[new_markdown_cell("# 98 Dots\nWhat is a dot?"), new_markdown_cell("## One")])
    attach_cover(notebook, source)
    return notebook.cells


def test_it_stands_below_the_title_with_its_words_and_is_a_whole_svg_without_the_pages_colours(source: Path) -> None:
    title, section = covered(source, SVG)
    assert title.source == "# 98 Dots\n\n![A dot.](attachment:cover.svg)\n\nWhat is a dot?"
    assert "attachments" not in section
    image = ElementTree.fromstring(base64.b64decode(title.attachments["cover.svg"]["image/svg+xml"]))
    assert image.tag == "{http://www.w3.org/2000/svg}svg"
    assert image.get("width")
    assert image[0].get("style") == f"fill: {_TONES['target']}"


def test_a_lesson_without_one_stays_as_it_is(source: Path) -> None:
    notebook = new_notebook(cells=[new_markdown_cell("# 98 Dots")])
    attach_cover(notebook, source)
    assert read_cover(source) is None
    assert notebook.cells[0].source == "# 98 Dots"
    assert "attachments" not in notebook.cells[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (' aria-label="A dot."', "", "has no words: give its svg element an aria-label."),
        ("--target", "--pink", "uses --pink; the colours are text, edge, paper"),
    ],
)
def test_a_cover_without_words_or_with_a_strange_colour_is_refused(source: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(CourseError, match=re.escape(said)):
        covered(source, SVG.replace(old, new))


def test_every_lesson_has_one_of_its_own() -> None:
    covers = [read_cover(lesson.source) for lesson in find_lessons(find_checkout())]
    assert None not in covers
    assert len(set(covers)) == len(covers)


@pytest.mark.parametrize("tone", [tone for tone in _TONES.values() if len(tone) == 7])
def test_a_colour_has_a_contrast_of_three_on_white_and_on_black(tone: str) -> None:
    light = 0.2126 * linear(tone[1:3]) + 0.7152 * linear(tone[3:5]) + 0.0722 * linear(tone[5:7])  # WCAG 2.2
    assert 1.05 / (light + 0.05) >= 3
    assert (light + 0.05) / 0.05 >= 3


def linear(channel: str) -> float:
    """Return a channel of sRGB, two hexadecimal digits, as linear light."""
    value = int(channel, 16) / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
