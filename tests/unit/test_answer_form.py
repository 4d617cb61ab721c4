"""A quick check answered by form: the same question, verdict and record as in the cell, and kept in the notebook."""

import json

import pytest

from course_utils.errors import CourseError
from course_utils.frontend import FRONT_ENDS
from course_utils.frontend.placed import WIDGET_VIEW
from course_utils.learn import answer_form, check, progress, review
from course_utils.learn.answer_form import AnswerForm
from course_utils.learn.quick_checks import load_questions

#: A question of each kind, answers to it, and whether they are right.
ANSWERS = [
    ("02.q3", {"a": False, "b": True}),
    ("02.q6", {"a": False, "ab": False, "ac": True}),
    ("02.q1", {"1280": False, "1,285": True, "12 34": False, "1285 %": True}),
    ("03.q11", {"dbaec": False, "dbeac": True, "aaaaa": False, "d": False}),
    ("05.q3", {"10;20;30;40": False, "95 %;90;40,5;1": True, "10;20;x;40": False, "0.9;0.5;0.3;0.1": False}),
]


@pytest.fixture(autouse=True)
def record(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "progress.json"


@pytest.fixture
def outputs(monkeypatch):
    """What is displayed beside the result of a cell: the bundles by display id, the newest last."""
    shown = []

    def show(bundle, *, raw, display_id):
        assert raw
        shown.append((display_id, bundle))

    for name in ("display", "update_display"):
        monkeypatch.setattr(answer_form, name, show)
    return shown


def form_of(id):
    """Return the form of a question as a front end shows it."""
    (form,) = check(id).form().forms
    return form


def press(form, answer):
    """Do what the page does when the button is pressed."""
    form._hear(form, {"command": "check", "answer": answer}, [])
    return form.verdict


@pytest.mark.parametrize(("id", "answers"), ANSWERS)
def test_form_and_cell_say_the_same_and_record_the_same(id, answers, record):
    form = form_of(id)
    told = [press(form, answer) for answer in answers]
    by_form = json.loads(record.read_text())["checks"][id]
    record.unlink()
    for (answer, right), verdict in zip(answers.items(), told, strict=True):
        in_cell = check(id, answer.split(";") if id == "05.q3" else answer)
        assert in_cell.passed == right
        assert (verdict["tone"] == "good") == right
        assert verdict["why"] == answer_form.inline(in_cell.message)
        assert in_cell.so_far in verdict["score"]
    assert json.loads(record.read_text())["checks"][id] == by_form
    assert by_form["attempts"] == len(answers)
    assert by_form["outcome"] == "passed"


@pytest.mark.parametrize("id", [id for id, _ in ANSWERS])
@pytest.mark.parametrize("answer", ["", "  "])
def test_an_empty_form_is_not_an_attempt(id, answer, record):
    form = form_of(id)
    assert press(form, answer) == {}
    assert not record.exists()


def test_the_same_answer_again_is_an_attempt_that_the_page_can_tell_from_the_first():
    form = form_of("02.q3")
    assert [press(form, "a")["attempt"] for _ in range(2)] == [1, 2]


@pytest.mark.parametrize("content", [{}, {"command": "show"}, {"command": "check"}, {"command": ["check"]}])
def test_other_messages_change_nothing(content, record):
    form = form_of("02.q3")
    form._hear(form, content, [])
    assert form.verdict == {}
    assert not record.exists()


def test_the_page_gets_the_question_and_no_reply():
    for id, _ in ANSWERS:
        question = load_questions(id[:2])[id]
        sent = json.dumps(form_of(id).get_state())
        assert answer_form.inline(question.text)[:40] in json.loads(sent)["data"]["question"]["html"]
        assert not any(sealed in sent for sealed in question.sealed.values())


def test_a_number_has_its_unit():
    assert form_of("02.q1").data["question"]["unit"] == "weights"
    assert form_of("02.q7").data["question"]["unit"] == ""


def test_the_form_asks_the_learners_own_variant():
    progress.begin(4711)
    question = load_questions("02", 4711)["02.q3"]
    first = form_of("02.q3").data["question"]["choices"][0]
    assert first == {"letter": "a", "html": answer_form.inline(question.choices[question.arrangement[0]])}


def test_damaged_questions_are_a_sentence():
    question = load_questions("02")["02.q3"]

    def damaged(answer):
        if answer is None:
            return question.check(None)
        raise CourseError("The sealed quick checks are damaged. Put the course's own copy back.")

    verdict = press(AnswerForm(question, damaged), "a")
    assert verdict["tone"] == "bad"
    assert "are damaged" in verdict["why"]


def test_what_is_answered_is_kept_as_html(outputs, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    forms = check("02.q3").form()
    result = forms._repr_mimebundle_()
    assert set(result) == {"text/html", "text/plain"}
    assert f'<course-widget place="{forms.forms[0].place}">' in result["text/html"]
    assert "Run this cell to go on" in result["text/html"]
    ((place, before),) = outputs
    assert "is in inference mode anyway" in before["text/html"]
    assert "Your answer" not in before["text/html"]
    press(forms.forms[0], "a")
    press(forms.forms[0], "b")
    assert [id for id, _ in outputs] == [place] * 3
    kept = outputs[-1][1]["text/html"]
    assert kept.startswith(f'<course-widget place="{forms.forms[0].place}" kept>')
    assert "Your answer: <code>b</code>" in kept
    assert "Right" in kept
    assert kept.count("<section") == 1


def test_a_review_has_a_form_for_each_question_and_records_like_the_cell(outputs, record, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    shown = review("02")
    forms = shown.form().forms
    assert [form.data["question"]["name"] for form in forms] == [
        f"{result.id} {result.title}" for result in shown.results
    ]
    for form, answer in zip(forms, ("b", "a", "a"), strict=True):
        press(form, answer)
    by_form = json.loads(record.read_text())
    record.unlink()
    review("02")
    for answers in (("b",), (None, "a"), (None, None, "a")):
        review("02", *answers)
    assert json.loads(record.read_text()) == by_form
    assert len(by_form["reviews"]["02"]["answered"]) == 3


def test_a_review_is_shown_as_forms_below_its_opening(outputs, monkeypatch):
    assert review("02")._repr_mimebundle_() == {}
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    html = review("02")._repr_mimebundle_()["text/html"]
    assert html.count("<course-widget place=") == 3
    assert html.count("Run this cell to go on") == 1
    ((_, kept),) = outputs
    assert kept["text/html"].index("Three questions from earlier lessons") < kept["text/html"].index("<course-widget")
    assert review("02", first="a")._repr_mimebundle_() == {}


@pytest.mark.parametrize("name", ["VSCODE_PID", "COLAB_RELEASE_TAG"])
def test_where_outputs_are_kept_apart_the_forms_are_views(name, monkeypatch):
    monkeypatch.setenv(name, "1")
    assert WIDGET_VIEW in check("02.q3")._repr_mimebundle_()
    assert WIDGET_VIEW in review("02")._repr_mimebundle_()


def test_a_form_is_shown_only_where_it_can_be_used(outputs, monkeypatch):
    assert check("02.q3")._repr_mimebundle_() == {}
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    assert "<course-widget" in check("02.q3")._repr_mimebundle_()["text/html"]
    assert check("02.q3", "b")._repr_mimebundle_() == {}
    assert "<course-widget" not in check("02.e1")._repr_mimebundle_()["text/html"]


def test_a_lesson_without_earlier_ones_has_no_form(monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "lesson.ipynb")
    assert review("00")._repr_mimebundle_() == {}
