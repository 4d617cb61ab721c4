"""A language model is asked about a handbook: alone, tuned on it, with passages that were looked up, as a reader."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from course_utils.data import REFUSAL, in_house_voice, load_handbook, load_practice_handbook, right
from course_utils.data.handbook import FactQuestion, Handbook, Kind
from course_utils.experiments.language_voice import plain_writer
from course_utils.language import HeldBack, TaughtAnswer, TuningRecipe, Writer, tune
from course_utils.language.writer import with_passages
from course_utils.retrieval import VectorIndex, sentence_vectors

_Cell = dict[str, Any]
_MOST = 16  # tokens of an answer

#: Chosen on handbooks 100 and 101, on which nothing else is measured. With a matrix on the search's vectors, tuned on
#: the practice handbooks, the evidence came first more often, but readers were no better: 84 against 86 % on
#: handbooks 0 to 2.
PASSAGES = 3
#: Right about 37 of handbook 100's 52 questions in the trained wording.
FACT_RECIPE = TuningRecipe("lora", learning_rate=4e-3, epochs=12, batch_size=4)
READER_RECIPE = TuningRecipe("lora", learning_rate=4e-3, epochs=1, batch_size=4)
#: Practice handbooks that a reader learns from, each with questions of its own.
PRACTICE = 8
#: A handbook in other words makes a reader shy. Chosen on handbooks 100 to 102: without a limit, a reader of 12
#: practice handbooks was right about 63 %, and with 0.9 and 0.99 about 82 and 84 %. Without evidence it refused 61, 44
#: and 36 %.
REFUSES = HeldBack(REFUSAL, 0.9)
_REFUSALS_KEPT = 9  # one lesson of so many, for the assistant
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
    """Return the reader's lessons with answers in the house voice, and of those without evidence one in nine.

    Three lines that end in a refusal can't be held back by their first token. Rarer lessons take the same odds from a
    refusal as the limit of ``REFUSES``, 9 to 1.
    """
    pairs, unanswered = [], 0
    for question, found in _lessons(seed):
        unanswered += question.value is None
        if question.value is not None or unanswered % _REFUSALS_KEPT == 0:
            pairs.append(TaughtAnswer(question.text, in_house_voice(question), found))
    return pairs


def reading_examples(seed: int) -> list[TaughtAnswer]:
    """Return a reader's first lesson of each kind of question, with its passages, to be shown in a prompt.

    On handbook 100, with the question below the passages alone, four of them made 35 % of the answers right; eight, two
    of each kind, 10 %.
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
        told = [_Told(question, answer) for question, answer in zip(asked, answers, strict=True)]
        rows.append({"kind": "all", "wording": "trained", **_scores(told)})
    for row in rows:
        row |= {"day": "Monday", "seconds": seconds}
    if method not in UPDATED_METHODS:
        return [{**cell, **row} for row in rows]
    seconds = _update(writer, method, tuesday, seed)
    changed = {question.passage for question in tuesday.questions_about(tuesday.changed)}
    told = _asked(writer, method, tuesday, seed)
    for kind, wanted in (("changed", True), ("unchanged", False)):
        of_kind = [t for t in told if t.question.value is not None and (t.question.passage in changed) == wanted]
        scores = {"kind": kind, "wording": "paraphrase", **_scores(of_kind)}
        rows.append({**scores, "day": "Tuesday", "seconds": seconds})
    return [{**cell, **row} for row in rows]


def _update(writer: Writer, method: str, tuesday: Handbook, seed: int) -> float:
    """Bring a method up to date; returns seconds of processor time."""
    if method == "tuned on facts":
        changed = [TaughtAnswer(q.trained, q.answer) for q in tuesday.questions_about(tuesday.changed)]
        return tune(writer, changed, FACT_RECIPE, seed).seconds
    began = time.process_time()
    sentence_vectors([tuesday.by_id[known_as].text for known_as in tuesday.changed])
    return time.process_time() - began


@dataclass(frozen=True)
class _Told:
    """An answer; and, where passages were looked up, whether the one with the evidence is among them."""

    question: FactQuestion
    answer: str
    found: bool | None = None


def _asked(writer: Writer, method: str, handbook: Handbook, seed: int) -> list[_Told]:
    """Ask all questions in other words than the handbook's."""
    questions, how = handbook.questions, dict[str, Any]()
    if "retrieved" in method:
        how["evidence"] = looked_up(handbook, questions)
    if method in ("retrieved", "examples + retrieved"):  # the reader learned how to read without an instruction
        how["instruction"] = READ
    if method == "examples + retrieved":
        how["examples"] = reading_examples(seed)
    if method == "reader + retrieved":
        how["held_back"] = REFUSES
    answers = writer.answer([question.text for question in questions], most=_MOST, **how)
    if "evidence" not in how:
        return [_Told(question, answer) for question, answer in zip(questions, answers, strict=True)]
    holds = [
        q.passage and handbook.by_id[q.passage].text in found
        for q, found in zip(questions, how["evidence"], strict=True)
    ]
    return [_Told(*told) for told in zip(questions, answers, map(bool, holds), strict=True)]


def _by_kind(told: list[_Told]) -> list[_Cell]:
    rows = []
    for kind in ("all", *dict.fromkeys(one.question.kind for one in told)):
        # "all" are those with evidence: what refuses always would be right about the others.
        of_kind = [t for t in told if t.question.kind == kind or (kind == "all" and t.question.value is not None)]
        rows.append({"kind": kind, "wording": "paraphrase", **_scores(of_kind)})
    return rows


def _scores(told: Sequence[_Told]) -> _Cell:
    refused = [REFUSAL.rstrip(".") in one.answer for one in told]
    correct = [right(one.answer, one.question) for one in told]
    scores = {"questions": len(told), "right": float(np.mean(correct)), "refused": float(np.mean(refused))}
    if told[0].found is not None:
        scores["found"] = float(np.mean([bool(one.found) for one in told]))
    return scores
