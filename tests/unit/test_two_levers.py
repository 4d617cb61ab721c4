"""The two levers: what the page gets, the widget's controls, and a question of one's own."""

import json

import pytest
from pretrained_models import kept_model

from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.levers_lab import two_levers_widget
from course_utils.labs.levers_lab.two_levers import TABLE, page_data
from course_utils.labs.levers_lab.two_levers_widget import TwoLevers

ANSWERS, LEVERS = recorded("language-answers"), recorded("language-levers")
SETTINGS = {f"{voice}/{facts}" for voice in TABLE["voices"] for facts in TABLE["facts"]}


def test_the_page_gets_every_question_with_every_setting():
    data = page_data(ANSWERS, LEVERS)
    assert len(json.dumps(data, allow_nan=False)) < 60_000
    assert set(data["square"]) == SETTINGS
    assert len(data["questions"]) >= 8
    for question in data["questions"]:
        assert set(question["told"]) == SETTINGS
        assert question["passages"]
        assert f"kind_{question['kind']}" in TABLE["words"]
        assert (question["value"] == "") == (question["kind"] == "no evidence")
    assert {question["kind"] for question in data["questions"]} == {
        "plain",
        "confusable",
        "two versions",
        "no evidence",
    }
    assert TABLE["start"]["question"] in [question["key"] for question in data["questions"]]


def test_the_square_is_the_mean_over_the_seeds():
    rows = [
        {"voice": "none", "passages": "none", "seed": seed, "obeyed": share, "right": 0.5, "both": 0.0}
        for seed, share in enumerate((0.25, 0.5, 0.75))
    ]
    assert page_data(ANSWERS, rows)["square"] == {"none/none": {"obeyed": 0.5, "right": 0.5, "both": 0.0}}


@pytest.mark.parametrize(
    ("name", "value"), [("question", "99"), ("voice", "loud"), ("facts", "made up"), ("guess", "perhaps")]
)
def test_a_setting_that_no_control_has_is_refused(name, value):
    lab = TwoLevers(ANSWERS, LEVERS)
    with pytest.raises(CourseError):
        setattr(lab, name, value)


def test_without_a_recording_it_says_so_and_draws_nothing():
    lab = TwoLevers([], [], "There is no recording.")
    assert lab.static()["text/plain"] == "There is no recording."


def test_an_empty_question_is_refused_and_a_missing_network_is_a_sentence_with_the_fix(monkeypatch):
    def missing(text):
        raise CourseError("course models fetch smollm2_135m")

    monkeypatch.setattr(two_levers_widget, "answer_own_question", missing)
    lab, sent = TwoLevers(ANSWERS, LEVERS), []
    monkeypatch.setattr(lab, "send", sent.append)
    lab._hear(None, {"command": "ask", "text": "  "}, None)
    lab._hear(None, {"command": "ask", "text": "Where is the ladder?"}, None)
    assert sent == [
        {"kind": "own", "problem": TABLE["words"]["empty"]},
        {"kind": "own", "problem": "course models fetch smollm2_135m"},
    ]


@pytest.mark.slow
def test_a_question_of_ones_own_is_answered_with_every_setting(monkeypatch):
    kept_model("minilm")
    kept_model("smollm2_135m")
    lab, sent = TwoLevers(ANSWERS, LEVERS), []
    monkeypatch.setattr(lab, "send", sent.append)
    lab._hear(None, {"command": "ask", "text": "In which room is the ladder?"}, None)
    asked = sent[-1]["question"]
    assert set(asked["told"]) == SETTINGS
    assert all(told["answer"] and told["right"] is None for told in asked["told"].values())
    assert any("ladder" in passage for passage in asked["passages"])


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = TwoLevers(ANSWERS, LEVERS)._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "What each lever brings" in bundle["text/plain"]
