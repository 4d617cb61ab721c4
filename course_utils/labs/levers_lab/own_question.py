"""The learner's own question, answered with every setting of both levers."""

from functools import lru_cache
from typing import Any

from course_utils.data import load_handbook, obeys
from course_utils.data.handbook import Handbook
from course_utils.experiments.language_answers import LEVERS, answer_with_levers
from course_utils.language import Writer, load_writer
from course_utils.retrieval import VectorIndex, sentence_vectors

_PASSAGES = 3


def answer_own_question(question: str) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the passages that are found for a question, and its answers, a row for each setting of the levers.

    The first question takes some seconds more: SmolLM2 and MiniLM are loaded, and the handbook is read.

    Raises:
        CourseError: the question is empty, or one of the networks is not on this computer.
    """
    handbook, index = _store()
    rows = index.search(sentence_vectors([question]), _PASSAGES)[0]
    passages = [handbook.passages[row].text for row in rows]
    told = []
    for voice, source in LEVERS:
        answer = answer_with_levers(_writer(), [question], [passages], voice, source)[0]
        told.append({"voice": voice, "passages": source, "answer": answer, "obeyed": obeys(answer), "right": None})
    return passages, told


@lru_cache(maxsize=1)
def _store() -> tuple[Handbook, VectorIndex]:
    handbook = load_handbook()
    return handbook, VectorIndex(sentence_vectors([passage.text for passage in handbook.passages]))


@lru_cache(maxsize=1)
def _writer() -> Writer:
    return load_writer()
