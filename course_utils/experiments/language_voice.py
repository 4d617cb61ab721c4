"""A language model learns the house voice: by words, by examples, by LoRA at two rates, and in all its layers."""

from functools import lru_cache
from pydoc_data.topics import topics
from typing import Any

import numpy as np

from course_utils.data import load_house_voice, obeys, topic_of
from course_utils.data.house_voice import Exchange
from course_utils.language import TaughtAnswer, TuningRecipe, Writer, load_writer, tune

_Cell = dict[str, Any]
_GENERAL = 40  # paragraphs of documentation, on which perplexity is measured
_WORDS = range(35, 80)  # of such a paragraph

#: Validation prompts chose: LoRA at 1e-3, in steps of 8, obeyed in 0 of 12; at 2e-3, in steps of 4, in all of them; so
#: did the second recipe, which shows what a rate beyond the one that suffices costs. With all layers, 5e-5 and 1e-4
#: obeyed in all of them and had as many topics right; the lower one is here.
VOICE_RECIPES = {
    "LoRA": TuningRecipe("lora", learning_rate=2e-3, epochs=3, batch_size=4),
    "LoRA, high rate": TuningRecipe("lora", learning_rate=4e-3, epochs=3, batch_size=4),
    "all layers": TuningRecipe("full", learning_rate=5e-5, epochs=3, batch_size=4),
}
_PROMPTED = ("base", "instruction", "three examples", "instruction and examples")

VOICE_CELLS = tuple(
    [{"method": method, "seed": 0} for method in _PROMPTED]
    + [{"method": method, "seed": seed} for method in VOICE_RECIPES for seed in range(3)]
)


def voice_pairs() -> list[TaughtAnswer]:
    """Return the exchanges that a writer learns the voice from."""
    return [TaughtAnswer(exchange.question, exchange.answer) for exchange in load_house_voice().train]


def measure_voice(cell: _Cell) -> list[_Cell]:
    """One way to the voice, on the test's questions. Prompts draw nothing, so they have one seed."""
    method, voice = cell["method"], load_house_voice()
    writer = load_writer() if method == "all layers" else plain_writer()  # training all layers leaves no way back
    how: dict[str, Any] = {}
    row: _Cell = {**cell, "learning_rate": 0.0, "epochs": 0, "seconds": 0.0}
    if method in VOICE_RECIPES:
        recipe = VOICE_RECIPES[method]
        seconds = tune(writer, voice_pairs(), recipe, cell["seed"]).seconds
        row |= {"learning_rate": recipe.learning_rate, "epochs": recipe.epochs, "seconds": seconds}
    else:
        how = _in_the_prompt(method)
    answers = writer.answer([exchange.question for exchange in voice.test], **how)
    row |= {**_scores(answers, voice.test), "perplexity": general_perplexity(writer), "answers": answers[:6]}
    return [row]


def plain_writer() -> Writer:
    """Return SmolLM2 without an adapter: one for all cells, since loading and compiling take longer than asking."""
    return _loaded().use(None)


@lru_cache(maxsize=1)
def _loaded() -> Writer:
    return load_writer()


def general_perplexity(writer: Writer) -> float:
    """Return the perplexity of paragraphs of Python's manual, which have nothing to do with the voice."""
    return writer.perplexity(_general_paragraphs())


@lru_cache
def _general_paragraphs() -> tuple[str, ...]:
    """Return prose that every Python brings along, for its ``help``."""
    paragraphs = [" ".join(part.split()) for text in topics.values() for part in text.split("\n\n")]
    prose = [text for text in paragraphs if text[:1].isupper() and text.endswith(".") and len(text.split()) in _WORDS]
    prose = list(dict.fromkeys(prose))  # some stand in several chapters
    return tuple(prose[row] for row in np.random.default_rng(0).permutation(len(prose))[:_GENERAL])


def _in_the_prompt(method: str) -> dict[str, Any]:
    voice = load_house_voice()
    how: dict[str, Any] = {"instruction": voice.instruction} if "instruction" in method else {}
    return how | ({"examples": voice.examples} if "examples" in method else {})


def _scores(answers: list[str], exchanges: tuple[Exchange, ...]) -> dict[str, float]:
    topics = [topic_of(answer) == exchange.topic for answer, exchange in zip(answers, exchanges, strict=True)]
    return {"obeyed": float(np.mean([obeys(answer) for answer in answers])), "right_topic": float(np.mean(topics))}
