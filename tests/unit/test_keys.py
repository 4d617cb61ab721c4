"""A box keeps its keys: one more child, unseen, marks what has the focus; without anywidget it stays as it is."""

import sys

import ipywidgets

from course_utils.frontend.keys import keep_keys


def test_the_marker_comes_after_what_the_box_shows():
    button = ipywidgets.Button()
    box = ipywidgets.VBox([button])
    keep_keys(box)
    first, marker = box.children
    assert first is button
    assert "data-lm-suppress-shortcuts" in marker._esm


def test_without_anywidget_a_box_stays_as_it_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)  # an import of it fails
    box = ipywidgets.VBox([ipywidgets.Button()])
    keep_keys(box)
    assert len(box.children) == 1
