"""A placed widget: which output each front end gets."""

import re

import pytest

from course_utils.frontend import FRONT_ENDS
from course_utils.frontend.placed import WIDGET_VIEW, PlacedWidget


class Picture(PlacedWidget):
    _esm = "export default {};"

    def static(self):
        return {"text/html": "<p>a picture</p>", "text/plain": "words"}


@pytest.fixture(autouse=True)
def no_front_end(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)


def test_without_a_front_end_it_is_what_is_static():
    assert Picture()._repr_mimebundle_() == {"text/html": "<p>a picture</p>", "text/plain": "words"}


@pytest.mark.parametrize("name", ["JPY_SESSION_NAME", "VOILA_BASE_URL"])
def test_where_it_is_drawn_in_html_nothing_but_html_and_words_are_saved(name, monkeypatch):
    monkeypatch.setenv(name, "lesson.ipynb")
    widget = Picture()
    bundle = widget._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    (place,) = re.findall(r'^<course-widget place="(\w+)">.*</course-widget>$', bundle["text/html"])
    assert place == widget.place == widget.get_state()["place"]
    assert "<p>a picture</p>" in bundle["text/html"]
    assert "Run this cell to go on" in bundle["text/html"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VSCODE_PID", "1"),
        ("VSCODE_CWD", "/"),
        ("COLAB_RELEASE_TAG", "release"),
        ("JPY_SESSION_NAME", "lesson-jvsc-0123.ipynb"),  # VS Code on a server
    ],
)
def test_where_outputs_are_kept_apart_it_has_a_view(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    widget = Picture()
    bundle, _ = widget._repr_mimebundle_()
    assert bundle[WIDGET_VIEW]["model_id"] == widget.model_id
    assert bundle["text/html"] == "<p>a picture</p>"


def test_no_two_widgets_share_a_place():
    assert Picture().place != Picture().place
