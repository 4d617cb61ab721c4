"""The sentence microscope: what the page gets, the widget's controls, and a sentence of one's own."""

import json

import pytest
from pretrained_models import kept_model

from course_utils.errors import CourseError
from course_utils.experiments import recorded
from course_utils.frontend import FRONT_ENDS
from course_utils.labs.sentence_lab import sentence_microscope_widget
from course_utils.labs.sentence_lab.sentence_microscope import TABLE, page_data
from course_utils.labs.sentence_lab.sentence_microscope_widget import SentenceMicroscope

RECORDED = recorded("text-sentences")


def test_the_page_gets_every_sentence_in_every_layer():
    data = page_data(RECORDED)
    assert len(json.dumps(data, allow_nan=False)) < 250_000
    assert len(data["desks"]) == 5
    assert len(data["shelf"]) == 5 * max(TABLE["labels"])
    for sentence in data["sentences"]:
        tokens = len(sentence["tokens"])
        assert len(sentence["similar"]) == len(sentence["near"]) == TABLE["layers"]
        assert all(len(layer) == tokens and all(len(row) == tokens for row in layer) for layer in sentence["similar"])
        assert all(len(layer) == len(data["shelf"]) for layer in sentence["near"])
    assert TABLE["start"]["sentence"] in [sentence["key"] for sentence in data["sentences"]]


@pytest.mark.parametrize(
    ("name", "value"), [("sentence", "99"), ("layer", 7), ("labels", 3), ("guess", "kitchen"), ("token", -1)]
)
def test_a_setting_that_no_control_has_is_refused(name, value):
    lab = SentenceMicroscope(RECORDED)
    with pytest.raises(CourseError):
        setattr(lab, name, value)


def test_without_a_recording_it_says_so_and_draws_nothing():
    lab = SentenceMicroscope([], "There is no recording.")
    assert lab.static()["text/plain"] == "There is no recording."


def test_a_sentence_of_ones_own_is_looked_at_and_an_empty_one_is_refused(monkeypatch):
    lab, sent = SentenceMicroscope(RECORDED), []
    monkeypatch.setattr(lab, "send", sent.append)
    lab._hear(None, {"command": "look", "text": "  "}, None)
    assert sent[-1] == {"kind": "own", "problem": TABLE["words"]["empty"]}
    kept_model("minilm")
    lab._hear(None, {"command": "look", "text": "Where is my kettle?"}, None)
    assert sent[-1]["sentence"]["tokens"] == ["[CLS]", "where", "is", "my", "kettle", "?", "[SEP]"]


def test_a_network_that_is_missing_is_a_sentence_with_the_fix(monkeypatch):
    def missing(text):
        raise CourseError("course models fetch minilm")

    monkeypatch.setattr(sentence_microscope_widget, "look_at", missing)
    lab, sent = SentenceMicroscope(RECORDED), []
    monkeypatch.setattr(lab, "send", sent.append)
    lab._hear(None, {"command": "look", "text": "Where is my kettle?"}, None)
    assert sent == [{"kind": "own", "problem": "course models fetch minilm"}]


def test_without_a_front_end_there_is_a_picture_with_words(monkeypatch):
    for name in FRONT_ENDS:
        monkeypatch.delenv(name, raising=False)
    bundle = SentenceMicroscope(RECORDED)._repr_mimebundle_()
    assert "<img" in bundle["text/html"]
    assert "How near labelled messages are" in bundle["text/plain"]
