"""Lesson 10's claims about search, measured live: by meaning, by words, and what a limit on the cosine can do."""

import numpy as np
import pytest

from course_utils.backbones import is_here
from course_utils.data import load_handbook
from course_utils.retrieval import BM25, VectorIndex, recall_at, sentence_vectors

pytestmark = pytest.mark.claims

HANDBOOKS = range(5)


@pytest.fixture(scope="module")
def searched():
    """Recall by handbook, and the best cosine of every question with whether it has an answer."""
    if not is_here("minilm"):
        pytest.skip("minilm is not on this computer: course models fetch minilm")
    found = []
    for seed in HANDBOOKS:
        book = load_handbook(seed)
        texts = [passage.text for passage in book.passages]
        rows = {(passage.id, passage.text): row for row, passage in enumerate(book.passages)}
        asked = [question for question in book.questions if question.value is not None]
        wanted = [rows[q.passage, book.by_id[q.passage].text] for q in asked]
        index, words = VectorIndex(sentence_vectors(texts)), BM25(texts)
        recalls = {}
        for wording in ("trained", "text"):
            questions = [getattr(question, wording) for question in asked]
            by_meaning = index.search(sentence_vectors(questions), 3)
            for name, ranked in (("meaning", by_meaning), ("words", words.search(questions, 3))):
                recalls |= {(name, wording, k): 100 * recall_at(ranked, wanted, k) for k in (1, 3)}
        best = index.cosines(sentence_vectors([question.text for question in book.questions])).max(axis=1)
        found.append((recalls, best, np.array([question.value is not None for question in book.questions])))
    return found


def _recall(searched, name, wording, k):
    return [recalls[name, wording, k] for recalls, _, _ in searched]


def test_10h_one_passage_is_not_enough_even_in_the_handbooks_own_words(searched, claims_table):
    for name in ("meaning", "words"):
        more = np.subtract(_recall(searched, name, "trained", 3), _recall(searched, name, "trained", 1))
        assert claims_table.add("10h", f"by {name}: recall within 3 minus within 1", more, "at least 10", " pts") >= 10


def test_10i_in_other_words_meaning_finds_what_words_do_not(searched, claims_table):
    meaning, words = (_recall(searched, name, "text", 3) for name in ("meaning", "words"))
    ahead = np.subtract(meaning, words)
    claims_table.add("10i", "by meaning, recall within 3, other words", meaning, "all at least 85", " %")
    assert min(meaning) >= 85
    assert claims_table.add("10i", "by meaning minus by words", ahead, "at least 35", " pts") >= 35


def test_10j_no_limit_on_the_cosine_tells_questions_with_an_answer_from_those_without(searched, claims_table):
    least = []
    for _, best, answerable in searched:
        mistakes = [np.mean(best[answerable] < t) + np.mean(best[~answerable] >= t) for t in np.linspace(0, 1, 101)]
        least.append(100 * min(mistakes))
    what = "the least sum of needless refusals and answers without evidence"
    assert claims_table.add("10j", what, least, "at least 60 of 100", " pts") >= 60
