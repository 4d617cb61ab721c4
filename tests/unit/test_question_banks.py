"""The banks of the knowledge checks: large enough, spread over the lesson, and giving no answer away."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest
from test_choice_lengths import tells

import course_utils
from course_utils.authoring.knowledge_check_cells import asks_for_questions
from course_utils.authoring.question_cells import right_answer
from course_utils.authoring.questions import QUESTIONS, parse_bank, parse_questions, read_bank, read_questions
from course_utils.authoring.sources import read_front_matter, read_source
from course_utils.checkout import find_lessons
from course_utils.errors import CourseError
from course_utils.learn.question_draw import SIZE, draw

ROOT = Path(course_utils.__file__).parents[1]
LESSONS = {lesson.name[:2]: lesson for lesson in find_lessons(ROOT)}
BANKS = {lesson: bank for lesson in LESSONS if (bank := read_bank(ROOT / QUESTIONS, lesson))}
QUICK_CHECKS = [variants[0].text for questions in read_questions(ROOT).values() for variants in questions.values()]
TOO_ALIKE = 0.75  # of two texts; the most alike of those that ask different things reach 0.71

each_bank = pytest.mark.parametrize("lesson", BANKS)


def test_every_lesson_with_a_bank_has_a_knowledge_check_and_the_other_way_round() -> None:
    asking = {n for n, lesson in LESSONS.items() if any(map(asks_for_questions, read_source(lesson.source).cells))}
    assert asking == set(BANKS)
    assert {"00", "01", "02"} <= asking


@each_bank
def test_a_bank_is_large_enough_and_covers_the_lesson(lesson: str) -> None:
    bank = BANKS[lesson]
    topics = Counter(bank.topics.values())
    assert all(id.startswith(f"{lesson}.") for id in bank.questions)
    assert len(bank.questions) >= 15
    assert 5 <= len(topics) <= 7
    assert min(topics.values()) >= 2
    with_other_numbers = sum(len(variants) >= 3 for variants in bank.questions.values())
    assert with_other_numbers >= len(bank.questions) / 3
    for seed in range(200):
        drawn = draw(bank.questions, bank.topics, str(seed))
        assert len(drawn) == SIZE
        assert len({bank.topics[id] for id in drawn}) == min(SIZE, len(topics))


@each_bank
def test_every_variant_fills_every_placeholder_and_differs_from_the_others(lesson: str) -> None:
    for id, variants in BANKS[lesson].questions.items():
        for variant in variants:
            texts = [variant.text, variant.otherwise, *variant.choices, *(one.why for one in variant.foreseen)]
            # Code keeps its braces, such as a dictionary's.
            assert not [text for text in texts if re.search(r"[{}]", re.sub(r"`[^`]*`", "", text))], id
        assert len({(variant.text, variant.choices) for variant in variants}) == len(variants), id


@each_bank
def test_the_solution_of_a_number_is_written_as_a_person_would(lesson: str) -> None:
    bank = BANKS[lesson]
    for seed in range(200):
        for one in draw(bank.questions, bank.topics, str(seed)).values():
            assert one.question.kind != "number" or len(repr(right_answer(one))) <= 14, one.question.id


@each_bank
def test_no_right_choice_stands_out_by_its_length(lesson: str) -> None:
    for id, variants in BANKS[lesson].questions.items():
        assert not [v for v in variants if v.kind == "single" and tells(v)], id


@each_bank
def test_every_answer_has_a_reason_of_its_own_of_one_to_three_sentences(lesson: str) -> None:
    for id, variants in BANKS[lesson].questions.items():
        for variant in variants:
            whys = [one.why for one in variant.foreseen]
            assert len(set(whys)) == len(whys), id
            for why in whys:
                assert 1 <= len(re.findall(r"[.!?][\"\u201d)]?(?=\s|$)", why)) <= 3, (id, why)
            assert variant.kind != "number" or len(whys) >= 2, f"{id} foresees no wrong number"


@each_bank
def test_no_question_is_asked_twice(lesson: str) -> None:
    texts = {id: variants[0].text for id, variants in BANKS[lesson].questions.items()}
    pairs = [*combinations(texts.values(), 2), *((text, quick) for text in texts.values() for quick in QUICK_CHECKS)]
    assert [(a, b) for a, b in pairs if alike(a, b)] == []


def alike(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one.lower(), other.lower(), autojunk=False)
    return matcher.real_quick_ratio() > TOO_ALIKE and matcher.quick_ratio() > TOO_ALIKE and matcher.ratio() > TOO_ALIKE


@each_bank
def test_misconceptions_are_those_of_the_lesson_and_none_is_the_right_answer(lesson: str) -> None:
    known = {misconception.id for misconception in read_front_matter(LESSONS[lesson].source).misconceptions}
    named = {id for ids in BANKS[lesson].misconceptions.values() for id in ids.values()}
    assert named
    assert named <= known


QUESTION = """
[[question]]
id = "09.k01"
topic = "t"
kind = "single"
text = "{n} {what}?"
choice = [{text = "{n}", right = true, why = "{what}"}, {text = "{2 * n}", why = "w"}]
variant = [{n = 2, what = "cats"}, {n = 3, what = "dogs"}]
"""


def test_words_and_numbers_fill_texts_choices_and_reasons() -> None:
    bank = parse_bank(QUESTION, "bank_09.toml")
    first, second = bank.questions["09.k01"]
    assert (first.text, first.choices, first.foreseen[0].why) == ("2 cats?", ("2", "4"), "cats")
    assert (second.text, second.choices, second.foreseen[0].why) == ("3 dogs?", ("3", "6"), "dogs")
    assert bank.topics == {"09.k01": "t"}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (('topic = "t"', ""), r"bank_09\.toml, question 09\.k01: it has no topic; name"),
        (('"09.k01"', '"09.q1"'), r"the id is that of a quick check; write '09\.k01'"),
        (('"09.k01"', '"09.k1"'), "id"),
        (("what = \"dogs\"", "who = \"dogs\""), "the same names"),
        (("{n} {what}?", "{m} {what}?"), "'m' is not one of the inputs"),
        (("{2 * n}", "{2 * what}"), "'what' is a word, so it can't be computed with"),
        (("{2 * n}", "{n}"), "two choices are the same in the variant '2 cats\\?'"),
        (('why = "w"', 'why = "w", misconception = 1'), "write it as text in quotation marks"),
    ],
)  # fmt: skip
def test_what_a_bank_must_not_hold_gets_a_sentence(change: tuple[str, str], refusal: str) -> None:
    assert change[0] in QUESTION
    with pytest.raises(CourseError, match=refusal):
        parse_bank(QUESTION.replace(*change), "bank_09.toml")


def test_a_quick_check_may_have_variants_of_every_kind() -> None:
    (question,) = parse_questions(QUESTION.replace("k01", "q1"), "lesson_09.toml").values()
    assert [variant.text for variant in question] == ["2 cats?", "3 dogs?"]
