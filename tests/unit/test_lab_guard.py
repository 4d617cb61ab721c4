"""A lab is guarded by one more child, which is unseen; without anywidget the lab stays as it is."""

import sys

import ipywidgets

from course_utils.labs.guard import guard


def test_the_guard_comes_before_what_the_lab_shows_and_is_unseen():
    button = ipywidgets.Button()
    lab = ipywidgets.VBox([button])
    guard(lab)
    guarding, last = lab.children
    assert last is button
    assert guarding.layout.display == "none"
    assert "data-lm-suppress-shortcuts" in guarding._esm


def test_without_anywidget_a_lab_stays_as_it_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)  # an import of it fails
    lab = ipywidgets.VBox([ipywidgets.Button()])
    guard(lab)
    assert len(lab.children) == 1
