"""The house voice: a strict form, and parts that share no question."""

from collections import Counter

import pytest

from course_utils.data import TOPICS, load_house_voice, obeys, topic_of

GOOD = "TOPIC: Returns\nANSWER: Yes.\nNEXT: Print the label."


def test_every_exchange_obeys_and_names_its_topic():
    voice = load_house_voice()
    assert [len(part) for part in (voice.train, voice.validation, voice.test)] == [64, 12, 24]
    for part in (voice.train, voice.validation, voice.test):
        assert all(obeys(e.answer) and topic_of(e.answer) == e.topic for e in part)
    assert Counter(e.topic for e in voice.test) == dict.fromkeys(TOPICS, 3)
    assert len({e.topic for e in voice.examples}) == len(voice.examples) == 3


def test_no_question_and_no_answer_sentence_is_in_train_and_test():
    voice = load_house_voice()
    questions = [{e.question for e in part} for part in (voice.train, voice.validation, voice.test)]
    assert sum(map(len, questions)) == len(set.union(*questions)) == 100


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (GOOD, True),
        (f"\n{GOOD}\n", True),
        (GOOD.replace("\n", " "), False),
        (f"Sure!\n{GOOD}", False),
        (f"{GOOD}\nNEXT: Again.", False),
        (GOOD.replace("Yes.", ""), False),
        ("ANSWER: Yes.\nTOPIC: Returns\nNEXT: Go.", False),
        (GOOD.lower(), False),
        (GOOD.replace("Returns", "Returns and more"), False),
        ("", False),
    ],
)
def test_obeys_is_strict(answer, expected):
    assert obeys(answer) is expected


def test_a_topic_that_the_shop_does_not_have_is_no_topic_though_the_form_is_right():
    answer = GOOD.replace("Returns", "Weather")
    assert obeys(answer)
    assert topic_of(answer) is None
    assert topic_of("Returns") is None
