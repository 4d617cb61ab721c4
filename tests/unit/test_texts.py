"""Tasks of short texts: what belongs together stays together, and what can't be loaded says why."""

from collections import Counter

import numpy as np
import pytest

from course_utils.data import (
    PARTS,
    TextSplit,
    deal_texts,
    film_reviews,
    load_dataset,
    load_texts,
    text_names,
    tokenised,
)
from course_utils.data.library_texts import docstring_sentences
from course_utils.data.support_messages import support_messages
from course_utils.data.word_sentiment import word_sentiment
from course_utils.errors import CourseError

SHIPPED = [name for name in text_names() if name != "reviews"]


@pytest.mark.parametrize("seed", [0, 3])
@pytest.mark.parametrize("name", SHIPPED)
def test_no_group_and_no_text_is_in_two_parts(name, seed):
    task = load_texts(name, seed)
    parts = [getattr(task, part) for part in PARTS]
    assert all(isinstance(part, TextSplit) and len(part) for part in parts)
    for values in ([set(part.groups) for part in parts], [set(part.inputs) for part in parts]):
        assert sum(map(len, values)) == len(set.union(*values))
    for part in parts:
        assert set(part.labels) == set(range(task.num_classes))


@pytest.mark.parametrize("name", SHIPPED)
def test_another_seed_tests_other_groups_of_the_same_texts(name):
    one, other = load_texts(name, 0), load_texts(name, 1)
    assert set(one.test.groups) != set(other.test.groups)
    everything = [{text for part in PARTS for text in getattr(task, part).inputs} for task in (one, other)]
    assert everything[0] == everything[1]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_hundred_labels_of_every_class_can_be_drawn(name):
    few = load_texts(name).train.few(100, seed=1)
    assert set(Counter(few.labels.tolist()).values()) == {100}


def test_no_test_word_begins_like_a_labelled_one():
    task = load_texts("words")
    assert not {word[:4] for word in task.train.inputs} & {word[:4] for word in task.test.inputs}
    labels = {word: label for word, label, _ in word_sentiment()}
    assert (labels["excellent"], labels["horrible"]) == (1, 0)


def test_the_messages_of_a_wording_differ_and_are_the_same_every_time():
    texts = [text for text, _, _ in support_messages()]
    assert len(set(texts)) == len(texts) == 5 * 12 * 20
    assert not any("{" in text for text in texts)
    assert texts == [text for text, _, _ in support_messages()]


def test_sentences_are_whole_and_no_sentence_is_of_two_modules():
    sentences = [text for text, _, _ in docstring_sentences()]
    assert len(set(sentences)) == len(sentences) > 1000
    assert all(text[0].isupper() and text.endswith(".") and ">>>" not in text for text in sentences)


def test_code_has_no_comments_and_no_imports():
    lines = load_texts("code").train.inputs
    assert not any(line.startswith(("#", '"""', "import ")) for line in lines)


def test_reviews_that_are_not_here_say_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_REAL_ASSETS", str(tmp_path))
    with pytest.raises(CourseError, match="not on this computer"):
        film_reviews.film_reviews()


def test_reviews_are_read_as_utf_8_and_a_repeated_one_counts_once(monkeypatch, tmp_path):
    folder = tmp_path / "rotten_tomatoes"
    folder.mkdir()
    (folder / "rt-polarity.neg").write_text("trop café \ndull\ndull\n\n", encoding="utf-8")
    (folder / "rt-polarity.pos").write_text("lovely\n", encoding="utf-8")
    monkeypatch.setenv("COURSE_REAL_ASSETS", str(tmp_path))
    assert [(text, label) for text, label, _ in film_reviews.film_reviews()] == [
        ("trop café", 0),
        ("dull", 0),
        ("lovely", 1),
    ]
    (folder / "rt-polarity.pos").write_bytes(b"caf\xe9\n")
    with pytest.raises(CourseError, match="not in UTF-8"):
        film_reviews.film_reviews()


def test_an_unknown_task_is_refused_with_the_ones_there_are():
    with pytest.raises(CourseError, match="Known: words, docstrings, support, reviews, code"):
        load_texts("tweets")


def test_tokens_keep_the_labels_and_pictures_are_refused():
    texts = [(f"{'ab'[i % 2]} {i}", i % 2, str(i)) for i in range(20)]
    part = deal_texts(texts, 2, 10, seed=0)
    task = load_texts("support")
    small = type(task)("small", ("a", "b"), part, "")
    tokens = tokenised(small, lambda rows, length: np.array([[len(row)] * length for row in rows], np.int32), 3)
    assert tokens.train.inputs.shape == (len(small.train), 3)
    assert (tokens.train.labels == small.train.labels).all()
    with pytest.raises(CourseError, match="holds no texts"):
        tokenised(load_dataset("digits"), lambda rows, length: np.zeros((1, 1), np.int32), 3).train  # noqa: B018
