"""The handbooks that a reader learns from: shaped as the company's own, about nothing that is in it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.data import load_handbook, load_practice_handbook
from course_utils.errors import CourseError

SEEDS = st.integers(0, 10_000)


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


def test_a_question_without_evidence_is_about_something_unknown_or_asks_for_what_nobody_tells():
    """The second sort is near to a passage, which a reader must not take for an answer."""
    unknown, untold = [], []
    for book in map(load_practice_handbook, range(20)):
        told = {passage.text.partition(": ")[2] for passage in book.passages}
        ferries = [q.text.rstrip("?") for q in book.questions if q.value is None and "ferry to" in q.text]
        for text in ferries:
            place = text.split("ferry to ")[1].removesuffix(" go")
            leaves = any(sentence.startswith(f"The ferry to {place} leaves from pier") for sentence in told)
            (untold if text.startswith("Who is the captain") else unknown).append(leaves)
    assert len(unknown) >= 5
    assert len(untold) >= 5
    assert not any(unknown)
    assert all(untold)


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
