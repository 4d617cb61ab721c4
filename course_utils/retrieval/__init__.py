"""Looking texts up: by meaning, with vectors of a network, or by their words."""

from course_utils.retrieval.recall import recall_at
from course_utils.retrieval.sentence_vectors import sentence_vectors
from course_utils.retrieval.vector_index import VectorIndex
from course_utils.retrieval.word_search import BM25

__all__ = ["BM25", "VectorIndex", "recall_at", "sentence_vectors"]
