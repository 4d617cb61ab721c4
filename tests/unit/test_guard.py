"""A box is guarded by an extra, invisible child; without anywidget it stays as it is."""

import sys

import ipywidgets

from course_utils.frontend.guard import guard


def test_the_guard_comes_before_what_a_box_shows_and_is_unseen():
    button = ipywidgets.Button()
    box = ipywidgets.VBox([button])
    guard(box)
    guarding, last = box.children
    assert last is button
    assert guarding.layout.display == "none"
    assert "data-lm-suppress-shortcuts" in guarding._esm


def test_without_anywidget_a_box_stays_as_it_is(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)  # an import of it fails
    box = ipywidgets.VBox([ipywidgets.Button()])
    guard(box)
    assert len(box.children) == 1
