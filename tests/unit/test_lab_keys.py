"""A lab keeps its keys: one more child, unseen, marks what has the focus; without anywidget the lab stays as it is."""

import sys

import ipywidgets

from course_utils.labs.keys import keep_keys


def test_the_marker_comes_after_what_the_lab_shows():
    button = ipywidgets.Button()
    lab = ipywidgets.VBox([button])
    keep_keys(lab)
    first, marker = lab.children
    assert first is button
    assert "data-lm-suppress-shortcuts" in marker._esm


def test_without_anywidget_a_lab_stays_as_it_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)  # an import of it fails
    lab = ipywidgets.VBox([ipywidgets.Button()])
    keep_keys(lab)
    assert len(lab.children) == 1
