"""The label-budget lab: what it says, how it reacts, and what it shows where nobody can move a slider."""

from importlib import import_module

import pytest

lab = import_module("course_utils.labs.label_budget")  # the package's own name for it is the function

ROWS = [
    {"method": method, "labels": labels, "seed": seed, "accuracy": accuracy + 0.01 * seed}
    for method, curve in {
        "pretrained, frozen": (0.80, 0.90, 0.95),
        "random, frozen": (0.20, 0.25, 0.30),
        "from scratch": (0.30, 0.60, 0.89),
    }.items()
    for labels, accuracy in zip((1, 10, 100), curve, strict=True)
    for seed in (-1, 0, 1)
]


@pytest.fixture
def view(monkeypatch):
    monkeypatch.setattr(lab, "budget_rows", lambda task: ROWS)
    return lab.label_budget()


def test_mean_curves_average_the_seeds():
    budgets, curves = lab.mean_curves(ROWS)
    assert budgets == [1, 10, 100]
    assert curves["from scratch"] == pytest.approx([0.30, 0.60, 0.89])


def test_the_sentence_names_the_three_accuracies_and_the_worth_of_a_label():
    words = lab.sentence(ROWS, 1)
    assert "pretrained 80%, random 20%, from scratch 30%" in words
    assert "worth about 48.9" in words  # scratch reaches 80 % at 10 ** (1 + 20 / 29) labels
    assert "more than 10" in lab.sentence(ROWS, 10)


def test_moving_the_slider_changes_the_words_and_another_task_changes_the_picture(view):
    (task, labels), words, picture = view.widget.children[0].children, *view.widget.children[1:]
    assert "With 10 labels" in words.value
    labels.value = 100
    assert "With 100 labels" in words.value
    before = picture.value
    task.value = "digits"
    assert picture.value != before
    assert "alt=" in picture.value


def test_without_a_front_end_there_is_a_picture_with_words(view, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    bundle = view._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "Label budget: shapes" in bundle["text/plain"]
