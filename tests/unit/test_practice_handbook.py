"""The handbooks that a reader learns from: shaped as the company's own, about nothing that is in it."""

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.data import load_handbook, load_practice_handbook, right
from course_utils.errors import CourseError

SEEDS = st.integers(0, 10_000)
_YEAR = re.compile(r"^Since \d+: ")


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_every_question_with_evidence_is_answered_by_the_valid_passage_and_by_no_other_of_its_kind(seed):
    book = load_practice_handbook(seed)
    for question in book.questions:
        if question.value is None:
            continue
        assert right(book.by_id[question.passage].text, question)
        kind = question.passage.split(":")[0]
        others = [p.text for p in book.passages if p.id.startswith(f"{kind}:") and p != book.by_id[question.passage]]
        assert not any(right(text, question) for text in others)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_all_kinds_of_questions_are_there_and_older_versions_are_older(seed):
    book = load_practice_handbook(seed)
    kinds = Counter(question.kind for question in book.questions)
    assert sum(kinds.values()) == 184
    assert all(kinds[kind] >= 15 for kind in ("plain", "confusable", "two versions", "no evidence"))
    for question in book.questions:
        if question.kind == "two versions":
            older, newer = sorted((p for p in book.passages if p.id == question.passage), key=lambda p: p.year)
            assert (question.rivals[0] in older.text, question.value in newer.text) == (True, True)
            assert older.year < newer.year


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_question_without_evidence_is_of_both_sorts(seed):
    """Half of them are about something that the handbook knows, which a reader must not take for an answer."""
    book = load_practice_handbook(seed)
    told = {_YEAR.sub("", passage.text) for passage in book.passages}
    unanswered = [question.text for question in book.questions if question.value is None]
    about_places = [text for text in unanswered if text.startswith("Who is the captain of the ferry to ")]
    for text in about_places:
        place = text.removeprefix("Who is the captain of the ferry to ").rstrip("?")
        assert any(f"The ferry to {place} leaves from pier" in sentence for sentence in told)
    assert len(set(unanswered)) > 10


def test_nothing_of_the_companys_handbook_is_in_it():
    company = load_handbook()
    names = {passage.id.split(": ")[1] for passage in company.passages if not passage.id.startswith("note")}
    asked = {question.text for question in company.questions} | {question.trained for question in company.questions}
    for seed in range(20):
        book = load_practice_handbook(seed)
        text = " ".join([*(q.text for q in book.questions), *(p.text for p in book.passages)])
        assert not [name for name in names if name in text]
        assert not asked & {question.text for question in book.questions}


def test_a_seed_draws_another_handbook():
    assert load_practice_handbook(3) == load_practice_handbook(3)
    assert load_practice_handbook(3) != load_practice_handbook(4)


def test_it_has_no_tuesday():
    with pytest.raises(CourseError, match="only its handbooks can be updated"):
        load_practice_handbook().update()
