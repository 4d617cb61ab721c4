"""What else is recorded about a language model: its next words, and the two levers, voice and passages, together."""

from typing import Any

import numpy as np

from course_utils.data import load_handbook, load_house_voice, obeys, right
from course_utils.experiments.language_answers import LEVERS, answer_with_levers
from course_utils.experiments.language_facts import looked_up
from course_utils.experiments.language_voice import plain_writer

_Cell = dict[str, Any]
_ASKED = 24  # questions of a handbook, all with evidence

#: Beginnings of texts: common knowledge, an invented company, a question, and a question in the chat template.
_BEGINNINGS = (
    "The capital of France is",
    "Once upon a",
    "The Aldmere North branch opens at",
    "To cancel an order,",
)
NEXT_CELLS = tuple({"number": number, "seed": 0} for number in range(len(_BEGINNINGS) + 1))
LEVER_CELLS = tuple(
    {"voice": voice, "passages": passages, "seed": seed} for seed in range(3) for voice, passages in LEVERS
)


def measure_next(cell: _Cell) -> list[_Cell]:
    """The eight likeliest next tokens after one beginning; the last one is a customer's question as a chat."""
    writer = plain_writer()
    chat = writer.prompt(load_house_voice().test[0].question)
    text = (*_BEGINNINGS, chat)[cell["number"]]
    words = [[word, chance] for word, chance in writer.next_words(text)]
    return [{**cell, "text": text, "words": words, "likeliest": words[0][1]}]


def measure_levers(cell: _Cell) -> list[_Cell]:
    """An adapter or none, passages or none: does an answer obey the form, does it hold the fact?"""
    handbook = load_handbook(cell["seed"])
    with_evidence = [question for question in handbook.questions if question.value is not None]
    chosen = np.random.default_rng(cell["seed"]).permutation(len(with_evidence))[:_ASKED]
    questions = [with_evidence[row] for row in chosen]
    texts, found = [question.text for question in questions], looked_up(handbook, questions)
    answers = answer_with_levers(plain_writer(), texts, found, cell["voice"], cell["passages"])
    formed = np.array([obeys(answer) for answer in answers])
    holds = np.array([right(answer, question) for answer, question in zip(answers, questions, strict=True)])
    shares = {"obeyed": formed.mean(), "right": holds.mean(), "both": (formed & holds).mean()}
    return [{**cell, **{name: float(share) for name, share in shares.items()}, "answers": answers[:4]}]
