"""Answers with two levers: what is asked, and what each lever changes about the asking."""

from collections import Counter
from itertools import pairwise

import pytest

from course_utils.data import REFUSAL, load_handbook
from course_utils.experiments import language_answers
from course_utils.experiments.language_answers import ANSWER_CELLS, LEVERS, answer_with_levers, shown_questions


class NotedWriter:
    """Notes how it was asked, and answers nothing."""

    def use(self, adapter):
        self.adapter = adapter
        return self

    def answer(self, questions, **how):
        self.how = how
        return ["" for _ in questions]


@pytest.mark.parametrize("seed", [0, 5])
def test_questions_of_all_kinds_are_shown_and_none_twice(seed):
    book = load_handbook(seed)
    chosen = shown_questions(book)
    assert Counter(question.kind for question in chosen) == language_answers._OF_A_KIND
    places = [book.questions.index(question) for question in chosen if question.kind == "plain"]
    assert all(after - before > 1 for before, after in pairwise(places)), "spread over the handbook"
    assert len({question.text for question in chosen}) == len(chosen) == 10


@pytest.mark.parametrize(("voice", "passages"), LEVERS)
def test_each_lever_changes_only_its_own_part(monkeypatch, voice, passages):
    monkeypatch.setattr(language_answers, "shipped_adapter", lambda name: f"the {name}")
    writer = NotedWriter()
    assert answer_with_levers(writer, ["How?"], [["So."]], voice, passages) == [""]
    assert writer.adapter == {"none": None, "adapter": "the voice", "assistant": "the assistant"}[voice]
    assert writer.how.get("evidence") == ([["So."]] if passages == "retrieved" else None)
    assert (REFUSAL in writer.how.get("instruction", "")) == ((voice, passages) == ("none", "retrieved"))


def test_every_setting_is_recorded_once():
    assert {(cell["voice"], cell["passages"]) for cell in ANSWER_CELLS} == set(LEVERS)
    assert len(ANSWER_CELLS) == len(LEVERS) == 6
