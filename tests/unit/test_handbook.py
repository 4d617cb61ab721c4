"""The invented company's handbook: facts that are easily confused, revised or absent, and what counts as right."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.data import REFUSAL, load_handbook, load_practice_handbook, right
from course_utils.data.handbook import FactQuestion
from course_utils.errors import CourseError

SEEDS = st.integers(0, 10_000)


@pytest.mark.parametrize("load", [load_handbook, load_practice_handbook])
@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_every_question_with_evidence_is_answered_by_the_valid_passage_and_by_no_other_of_its_kind(load, seed):
    book = load(seed)
    for question in book.questions:
        if question.value is None:
            assert question.passage is None
            continue
        assert right(book.by_id[question.passage].text, question)
        kind = question.passage.split(":")[0]
        others = [p.text for p in book.passages if p.id.startswith(f"{kind}:") and p != book.by_id[question.passage]]
        assert not any(right(text, question) for text in others)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_the_kinds_are_all_there_and_older_versions_are_older(seed):
    book = load_handbook(seed)
    kinds = Counter(question.kind for question in book.questions)
    assert kinds["two versions"] == 10
    assert kinds["no evidence"] == 12
    assert kinds["plain"] + kinds["confusable"] == 42
    assert min(kinds.values()) >= 10
    years = Counter(passage.id for passage in book.passages)
    twice = [name for name, count in years.items() if count == 2]
    assert len(twice) == 10
    for name in twice:
        first, second = (p.year for p in book.passages if p.id == name)
        assert first != second
        assert book.by_id[name].year == max(first, second)


def test_a_seed_draws_values_and_keeps_the_questions():
    one, same, other = load_handbook(3), load_handbook(3), load_handbook(4)
    assert one == same
    assert [q.text for q in one.questions] == [q.text for q in other.questions]
    assert [q.value for q in one.questions] != [q.value for q in other.questions]


@settings(max_examples=20, deadline=None)
@given(SEEDS, st.integers(1, 20))
def test_an_update_changes_so_many_facts_and_makes_the_old_value_wrong(seed, n):
    book = load_handbook(seed)
    tuesday = book.update(n, seed)
    assert len(set(tuesday.changed)) == n
    assert sum(a != b for a, b in zip(book.passages, tuesday.passages, strict=True)) == n
    for before, after in zip(book.questions, tuesday.questions, strict=True):
        assert (before.value != after.value) == (before.passage in tuesday.changed)
        if before.passage in tuesday.changed:
            assert not right(before.answer, after)
        if after.value is not None:
            assert right(after.answer, after)
            assert right(tuesday.by_id[after.passage].text, after)
    assert {q.passage for q in tuesday.questions_about(tuesday.changed)} == set(tuesday.changed)


@pytest.mark.parametrize("n", [0, -1, 1000])
def test_an_update_of_more_facts_than_there_are_is_refused(n):
    with pytest.raises(CourseError, match=r"must lie in 1\.\.42"):
        load_handbook().update(n)


def test_no_paraphrase_repeats_the_trained_wording_and_many_name_the_thing_otherwise():
    pairs = load_handbook().wordings
    assert all(trained != asked for trained, asked in pairs)
    subjects = [q for q in load_handbook().questions if q.kind != "no evidence"]
    renamed = [q for q in subjects if q.passage.split(": ")[1].removeprefix("the ") not in q.text]
    assert len(renamed) >= 25


QUESTION = FactQuestion("?", "?", "6:05", "confusable", "opening: x", ("6:15",))


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("6:05", True),
        ("It opens at 6:05.", True),
        ("From 6:05, in the morning", True),
        ("16:05", False),
        ("6:05:30", False),
        ("6:055", False),
        ("6:15", False),
        ("6:05 or 6:15", False),
        (f"6:05. {REFUSAL}", False),
        (REFUSAL, False),
        ("", False),
    ],
)
def test_right_wants_the_value_by_itself_and_nothing_against_it(answer, expected):
    assert right(answer, QUESTION) is expected


def test_without_evidence_only_a_refusal_is_right_however_it_is_broken_into_lines():
    question = FactQuestion("?", "?", None, "no evidence", None)
    assert right("THE handbook\n does not say", question)
    assert not right("I don't know.", question)
    assert question.answer == REFUSAL
