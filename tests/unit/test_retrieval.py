"""Looking texts up: exact nearest vectors, BM25 against an independent implementation, recall, and bad input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from course_utils import backbones
from course_utils.data import load_handbook
from course_utils.errors import CourseError
from course_utils.retrieval import BM25, VectorIndex, recall_at, sentence_vectors


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 40), st.integers(1, 12))
def test_the_nearest_are_those_that_scikit_learn_finds_whatever_their_lengths(seed, passages, channels):
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(passages, channels)) * rng.uniform(0.1, 50, (passages, 1))
    queries = rng.normal(size=(3, channels))
    k = int(rng.integers(1, passages + 1))
    found = VectorIndex(vectors).search(queries, k)
    distances = NearestNeighbors(n_neighbors=k, metric="cosine").fit(vectors).kneighbors(queries)[0]
    own = 1 - np.take_along_axis(VectorIndex(vectors).cosines(queries), found, axis=1)
    np.testing.assert_allclose(own, distances, atol=1e-5)


def test_of_equally_near_passages_the_earlier_comes_first():
    index = VectorIndex([[1, 0], [0, 2], [3, 0], [0, 1]])
    assert index.search([[0, 1]], 4).tolist() == [[1, 3, 0, 2]]


def test_a_replaced_vector_is_found_and_the_old_one_is_gone():
    vectors = np.eye(3)
    index = VectorIndex(vectors)
    index.replace(1, [5, 0.1, 0])
    assert index.search([[1, 0.05, 0]], 2).tolist() == [[1, 0]]
    assert vectors[1].tolist() == [0, 1, 0], "the caller's array stays"
    with pytest.raises(CourseError, match="no passage 3"):
        index.replace(3, [1, 0, 0])
    with pytest.raises(CourseError, match="no passage -1"):
        index.replace(-1, [1, 0, 0])
    with pytest.raises(CourseError, match="has 2 channels and the index 3"):
        index.replace(0, [1, 0])


@pytest.mark.parametrize("vectors", [np.zeros((0, 3)), np.zeros(3), np.zeros((2, 0))])
def test_an_index_of_nothing_is_refused(vectors):
    with pytest.raises(CourseError, match="must have the shape"):
        VectorIndex(vectors)


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_a_vector_without_a_direction_is_refused(bad):
    with pytest.raises(CourseError, match="points nowhere"):
        VectorIndex([[1.0, 0.0], [bad, bad]])


def test_vectors_of_another_network_are_refused_with_the_way_out():
    with pytest.raises(CourseError, match=r"4 channels and the index has 3.*Make the index again"):
        VectorIndex(np.eye(3)).search(np.ones((1, 4)), 1)


@pytest.mark.parametrize("k", [0, 4, -1])
def test_more_than_the_index_holds_is_refused(k):
    for search in (lambda: VectorIndex(np.eye(3)).search(np.eye(3), k), lambda: BM25(["a", "b", "c"]).search(["a"], k)):
        with pytest.raises(CourseError, match=r"must lie in 1\.\.3"):
            search()


TEXTS = [
    "The Heron tent costs 412 crowns.",
    "The Heron Light tent costs 377 crowns, crowns!",
    "The ladder carries one person and a second person may hold it.",
    "We run version 4 of the till program.",
]


@pytest.mark.parametrize(
    ("query", "scores"),
    [
        ("heron tent", [0.639105, 0.569595, 0, 0]),
        ("the crowns of the person", [0.416699, 0.490298, 0.678683, 0.581264]),
        ("program version nothing", [0, 0, 0, 0.989367]),
    ],
)
def test_bm25_scores_as_the_library_bm25s_0_3_does(query, scores):
    np.testing.assert_allclose(BM25(TEXTS).scores([query])[0], scores, atol=1e-5)


def test_bm25_ignores_case_and_marks_and_returns_the_best_first():
    index = BM25(TEXTS)
    assert index.search(["LIGHT?", "(person)"], 1).tolist() == [[1], [2]]
    assert index.search(["nowhere"], 2).tolist() == [[0, 1]]


@pytest.mark.parametrize("texts", [[], ["fine", "  "], "a text by itself"])
def test_empty_texts_are_refused(texts):
    for call in (BM25, BM25(TEXTS).scores, sentence_vectors):
        with pytest.raises(CourseError, match=r"at least one text|Text 1 is empty"):
            call(texts)


def test_recall_counts_the_queries_whose_evidence_is_among_the_first():
    found, wanted = [[4, 1, 0], [2, 3, 1], [0, 1, 2]], [1, 2, 9]
    assert [recall_at(found, wanted, k) for k in (1, 2, 3)] == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    with pytest.raises(CourseError, match=r"must lie in 1\.\.3"):
        recall_at(found, wanted, 4)
    with pytest.raises(CourseError, match=r"must be \(queries, rows\)"):
        recall_at(found, [1, 2], 1)


@pytest.mark.skipif(not backbones.is_here("minilm"), reason="MiniLM isn't on this computer")
def test_meaning_finds_what_words_do_not():
    book = load_handbook(0)
    rows = {book.by_id[name]: None for name in book.by_id}
    texts = [passage.text for passage in rows]
    wanted = {passage.id: row for row, passage in enumerate(rows)}
    asked = [question for question in book.questions if question.kind == "plain"]
    right = [wanted[question.passage] for question in asked]
    questions = [question.text for question in asked]
    vectors = sentence_vectors(texts)
    assert vectors.shape == (len(texts), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    by_meaning = recall_at(VectorIndex(vectors).search(sentence_vectors(questions), 5), right, 5)
    assert by_meaning > recall_at(BM25(texts).search(questions, 5), right, 5) + 0.3
