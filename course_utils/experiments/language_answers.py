"""Answers of a language model with two levers: an adapter for the voice, and passages that were looked up."""

from collections.abc import Sequence
from itertools import product
from typing import Any, Literal, get_args

from course_utils.data import load_handbook, obeys, right
from course_utils.data.handbook import FactQuestion, Handbook
from course_utils.experiments.language_facts import READ, looked_up
from course_utils.experiments.language_voice import plain_writer
from course_utils.language import Writer, shipped_adapter

_Cell = dict[str, Any]
_MOST = 64  # tokens of an answer: three lines need more than a value
_OF_A_KIND = {"plain": 3, "confusable": 3, "two versions": 2, "no evidence": 2}

Voice = Literal["none", "adapter", "assistant"]
Passages = Literal["none", "retrieved"]

_ADAPTERS: dict[Voice, str] = {"adapter": "voice", "assistant": "assistant"}
#: Every setting of both levers.
LEVERS: tuple[tuple[Voice, Passages], ...] = tuple(product(get_args(Voice), get_args(Passages)))
ANSWER_CELLS = tuple({"voice": voice, "passages": passages, "seed": 0} for voice, passages in LEVERS)


def answer_with_levers(
    writer: Writer, questions: Sequence[str], found: Sequence[Sequence[str]], voice: Voice, passages: Passages
) -> list[str]:
    """Answer questions with one setting of the levers.

    Args:
        writer: SmolLM2; its adapter is set.
        questions: what is asked.
        found: passages for each question, which are shown if they are ``"retrieved"``.
        voice: ``"adapter"`` uses the voice that ships, which was tuned on answers without passages, and ``"assistant"``
            the one that was tuned on answers from passages.
        passages: whether they are shown. Without an adapter, an instruction says how to read them.
    """
    writer.use(shipped_adapter(_ADAPTERS[voice]) if voice in _ADAPTERS else None)
    how: dict[str, Any] = {}
    if passages == "retrieved":
        how["evidence"] = found
        if voice == "none":
            how["instruction"] = READ
    return writer.answer(questions, most=_MOST, **how)


def measure_answers(cell: _Cell) -> list[_Cell]:
    """The answers to ten questions of all kinds with one setting of the levers, for the lab."""
    handbook = load_handbook(cell["seed"])
    questions = shown_questions(handbook)
    found = looked_up(handbook, questions)
    texts = [question.text for question in questions]
    answers = answer_with_levers(plain_writer(), texts, found, cell["voice"], cell["passages"])
    return [
        {
            **cell,
            "question": question.text,
            "kind": question.kind,
            "value": question.value or "",
            "found": list(passages),
            "answer": answer,
            "obeyed": obeys(answer),
            "right": right(answer, question),
        }
        for question, passages, answer in zip(questions, found, answers, strict=True)
    ]


def shown_questions(handbook: Handbook) -> list[FactQuestion]:
    """Return a few questions of each kind, spread over the handbook."""
    chosen = []
    for kind, count in _OF_A_KIND.items():
        of_kind = [question for question in handbook.questions if question.kind == kind]
        chosen += of_kind[:: len(of_kind) // count][:count]
    return chosen
