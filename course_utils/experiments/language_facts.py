"""A language model is asked about a handbook: alone, tuned on it, with passages that were looked up, as a reader."""

import time
from collections.abc import Iterator, Sequence
from typing import Any, get_args

import numpy as np

from course_utils.data import REFUSAL, in_house_voice, load_handbook, load_practice_handbook, right
from course_utils.data.handbook import FactQuestion, Handbook, Kind
from course_utils.experiments.language_voice import plain_writer
from course_utils.language import TaughtAnswer, TuningRecipe, Writer, tune
from course_utils.language.writer import with_passages
from course_utils.retrieval import VectorIndex, sentence_vectors

_Cell = dict[str, Any]
_MOST = 16  # tokens of an answer

#: Chosen on handbooks 100 and 101, on which nothing else is measured.
PASSAGES = 3
#: Right about 37 of handbook 100's 52 questions in the trained wording.
FACT_RECIPE = TuningRecipe("lora", learning_rate=4e-3, epochs=12, batch_size=4)
READER_RECIPE = TuningRecipe("lora", learning_rate=4e-3, epochs=1, batch_size=4)
#: Practice handbooks that a reader learns from, each with questions of its own. On handbooks 100 to 102, with one seed,
#: readers of 8 and of 12 were right about 77 and 78 %; a reader of 53 lessons without the search's mistakes about 19 %.
PRACTICE = 8
READ = (
    "Answer from the passages. If two passages differ, the later year counts. If the passages do not answer the "
    f"question, write: {REFUSAL}"
)

#: Each with the handbooks that it was asked about.
FACT_METHODS = {
    "alone": (0, 1, 2),
    "retrieved": (0, 1, 2),
    "examples + retrieved": (0, 1, 2),
    "reader + retrieved": (0, 1, 2),
    "tuned on facts": (0, 2),
}
#: Those that are asked again on Tuesday.
UPDATED_METHODS = ("retrieved", "examples + retrieved", "reader + retrieved", "tuned on facts")
FACT_CELLS = tuple({"method": method, "seed": seed} for method, seeds in FACT_METHODS.items() for seed in seeds)


def reader_pairs(seed: int) -> list[TaughtAnswer]:
    """Return a reader's lessons: questions with the passages that the search finds, as it will be asked later.

    They are about other things than the handbook, in ``PRACTICE`` handbooks of their own. Where the search misses the
    passage that answers, the lesson is left out: neither its answer nor a refusal would teach to read.
    """
    return [TaughtAnswer(question.text, question.answer, found) for question, found in _lessons(seed)]


def assistant_pairs(seed: int) -> list[TaughtAnswer]:
    """Return the reader's lessons with answers in the house voice."""
    return [TaughtAnswer(question.text, in_house_voice(question), found) for question, found in _lessons(seed)]


def reading_examples(seed: int) -> list[TaughtAnswer]:
    """Return a reader's first lesson of each kind of question, with its passages, to be shown in a prompt.

    On handbook 100, four of them made 35 % of the answers right; eight, two of each kind, 10 %.
    """
    shown: dict[str, TaughtAnswer] = {}
    for question, found in _lessons(seed):
        shown.setdefault(question.kind, TaughtAnswer(with_passages(question.text, found), question.answer))
        if len(shown) == len(get_args(Kind)):
            break
    return list(shown.values())


def _lessons(seed: int) -> Iterator[tuple[FactQuestion, tuple[str, ...]]]:
    for number in range(PRACTICE):
        book = load_practice_handbook(PRACTICE * seed + number)
        for question, found in zip(book.questions, looked_up(book, book.questions), strict=True):
            if question.passage is None or book.by_id[question.passage].text in found:
                yield question, tuple(found)


def looked_up(handbook: Handbook, questions: Sequence[FactQuestion], k: int = PASSAGES) -> list[list[str]]:
    """Return the ``k`` passages nearest in meaning to each question, the nearest first."""
    index = VectorIndex(sentence_vectors([passage.text for passage in handbook.passages]))
    rows = index.search(sentence_vectors([question.text for question in questions]), k)
    return [[handbook.passages[row].text for row in found] for found in rows]


def measure_facts(cell: _Cell) -> list[_Cell]:
    """One way to the facts of one handbook, on Monday and after Tuesday's update of ten facts."""
    method, seed = cell["method"], cell["seed"]
    writer, monday = plain_writer(), load_handbook(seed)
    tuesday = monday.update(seed=seed)
    asked = [question for question in monday.questions if question.value is not None]
    seconds = 0.0
    if method == "tuned on facts":
        seconds = tune(writer, [TaughtAnswer(q.trained, q.answer) for q in asked], FACT_RECIPE, seed).seconds
    elif method == "reader + retrieved":
        seconds = tune(writer, reader_pairs(seed), READER_RECIPE, seed).seconds
    rows = _by_kind(_asked(writer, method, monday, seed))
    if method == "tuned on facts":
        answers = writer.answer([question.trained for question in asked], most=_MOST)
        rows.append({"kind": "all", "wording": "trained", **_scores(answers, asked)})
    for row in rows:
        row |= {"day": "Monday", "seconds": seconds}
    if method not in UPDATED_METHODS:
        return [{**cell, **row} for row in rows]
    seconds = _update(writer, method, tuesday, seed)
    changed = {question.passage for question in tuesday.questions_about(tuesday.changed)}
    told = _asked(writer, method, tuesday, seed)
    for kind, wanted in (("changed", True), ("unchanged", False)):
        of_kind = [pair for pair in told if pair[0].value is not None and (pair[0].passage in changed) == wanted]
        questions, answers = [question for question, _ in of_kind], [answer for _, answer in of_kind]
        scores = _scores(answers, questions)
        rows.append({"kind": kind, "wording": "paraphrase", **scores, "day": "Tuesday", "seconds": seconds})
    return [{**cell, **row} for row in rows]


def _update(writer: Writer, method: str, tuesday: Handbook, seed: int) -> float:
    """Bring a method up to date; returns seconds of processor time."""
    if method == "tuned on facts":
        changed = [TaughtAnswer(q.trained, q.answer) for q in tuesday.questions_about(tuesday.changed)]
        return tune(writer, changed, FACT_RECIPE, seed).seconds
    began = time.process_time()
    sentence_vectors([tuesday.by_id[known_as].text for known_as in tuesday.changed])
    return time.process_time() - began


def _asked(writer: Writer, method: str, handbook: Handbook, seed: int) -> list[tuple[FactQuestion, str]]:
    """Ask all questions in other words than the handbook's; returns each with its answer."""
    how: dict[str, Any] = {}
    if "retrieved" in method:
        how["evidence"] = looked_up(handbook, handbook.questions)
    if method in ("retrieved", "examples + retrieved"):  # the reader learned how to read without an instruction
        how["instruction"] = READ
    if method == "examples + retrieved":
        how["examples"] = reading_examples(seed)
    answers = writer.answer([question.text for question in handbook.questions], most=_MOST, **how)
    return list(zip(handbook.questions, answers, strict=True))


def _by_kind(told: list[tuple[FactQuestion, str]]) -> list[_Cell]:
    rows = []
    for kind in ("all", *dict.fromkeys(question.kind for question, _ in told)):
        # "all" are those with evidence: what refuses always would be right about the others.
        of_kind = [p for p in told if p[0].kind == kind or (kind == "all" and p[0].value is not None)]
        scores = _scores([answer for _, answer in of_kind], [question for question, _ in of_kind])
        rows.append({"kind": kind, "wording": "paraphrase", **scores})
    return rows


def _scores(answers: Sequence[str], questions: Sequence[FactQuestion]) -> _Cell:
    refused = [REFUSAL.rstrip(".") in answer for answer in answers]
    correct = [right(answer, question) for answer, question in zip(answers, questions, strict=True)]
    return {"questions": len(answers), "right": float(np.mean(correct)), "refused": float(np.mean(refused))}
