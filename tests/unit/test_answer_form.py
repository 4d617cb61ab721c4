"""A quick check answered by widget: the same question, the same verdict and the same record as in the cell."""

import json

import ipywidgets
import pytest

from course_utils.frontend import FRONT_ENDS
from course_utils.learn import check, progress
from course_utils.learn.answer_form import answer_form
from course_utils.learn.quick_checks import load_questions

VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "progress.json"


class Form:
    """The form of a question, used as a learner uses it."""

    def __init__(self, id):
        self.box = check(id).form()
        _guard, self.card, *self.inputs, self.button, self.feedback = self.box.children

    def press(self):
        self.button.click()
        return self.feedback.value


def said(result):
    return result.message.replace("`", "")


def plain(html):
    return html.replace("<code>", "").replace("</code>", "")


def choose(form, letter):
    form.inputs[0].value = letter


def tick(form, letters):
    for box in form.inputs:
        box.value = box.description in letters


def write(form, *numbers):
    for box, number in zip(form.inputs, numbers, strict=True):
        box.value = str(number)


def order(form, letters):
    for menu, letter in zip(form.inputs, letters, strict=True):
        menu.value = letter


@pytest.mark.parametrize(
    ("id", "answer_by_widget", "answers"),
    [
        ("02.q3", choose, [("a",), ("b",)]),
        ("02.q6", tick, [("a",), ("ab",), ("ac",)]),
        ("02.q1", write, [(1280,), (1285,), ("12 34",)]),
        ("03.q11", order, [("dbaec",), ("dbeac",), ("aaaaa",)]),
        ("04.q11", write, [(10, 20, 30, 40), (95, 90, 40, 1), (10, 20, "x", 40), (0.9, 0.5, 0.3, 0.1)]),
    ],
)
def test_widget_and_cell_get_the_same_reply_and_record_the_same(id, answer_by_widget, answers, record):
    form = Form(id)
    told = []
    for answer in answers:
        answer_by_widget(form, *answer)
        told.append(plain(form.press()))
    by_widget = json.loads(record.read_text())["checks"][id]
    record.unlink()
    for answer, words in zip(answers, told, strict=True):
        if answer_by_widget is write:
            given = [number if isinstance(number, int | float) else float("nan") for number in answer]
            given = given[0] if len(given) == 1 else given
        else:
            (given,) = answer
        assert said(check(id, given)) in words
    assert json.loads(record.read_text())["checks"][id] == by_widget
    assert by_widget["attempts"] == len(answers)
    assert by_widget["outcome"] == "passed"


@pytest.mark.parametrize("id", ["02.q3", "02.q6", "02.q1", "03.q11", "04.q11"])
def test_an_empty_form_is_not_an_attempt(id, record):
    form = Form(id)
    assert "Not answered yet" in form.press()
    assert not record.exists()
    assert "Answer here and press the button" in form.card.value


@pytest.mark.parametrize("id", ["02.q3", "02.q6", "02.q1", "03.q11", "04.q11"])
def test_every_input_is_a_stock_widget_with_a_name(id):
    form = Form(id)
    assert form.button.description == f"Check {id}"
    names = [widget.description for widget in form.inputs]
    assert all(names)
    assert len(set(names)) == len(names)
    for widget in (*form.inputs, form.button):
        assert type(widget).__module__.startswith("ipywidgets.")
    assert not any(isinstance(widget, ipywidgets.Output) for widget in form.box.children)


def test_the_form_asks_the_learners_own_variant():
    progress.begin(4711)
    question = load_questions("02", 4711)["02.q3"]
    form = answer_form(question, question.check)
    shown = form.children[1].value
    first = question.choices[question.arrangement[0]]
    assert shown.index(first[:20]) < shown.index(question.choices[question.arrangement[1]][:20])


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_form_is_shown_only_where_it_can_be_used(front_end, monkeypatch):
    assert check("02.q3")._repr_mimebundle_() == {}
    monkeypatch.setenv(front_end, "1")
    assert VIEW in check("02.q3")._repr_mimebundle_()
    assert check("02.q3", "b")._repr_mimebundle_() == {}
    assert VIEW not in check("02.e1")._repr_mimebundle_()
