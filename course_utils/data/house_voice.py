"""The house voice: questions of an invented shop's customers, each with an answer in a strict form of three lines."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

#: What a question can be about.
TOPICS = ("Orders", "Delivery", "Returns", "Repairs", "Payment", "Products", "Account", "Visits")

_FORM = re.compile(r"TOPIC: (?P<topic>[A-Z][a-z]+)\nANSWER: \S[^\n]*\nNEXT: \S[^\n]*")
_EXAMPLES = 3


@dataclass(frozen=True)
class Exchange:
    """A customer's question and an answer in the house voice.

    Attributes:
        question: one or two sentences.
        answer: three lines, ``TOPIC: ...``, ``ANSWER: ...`` and ``NEXT: ...``.
        topic: one of ``TOPICS``.
    """

    question: str
    answer: str
    topic: str


@dataclass(frozen=True)
class HouseVoice:
    """The voice, described and shown.

    Attributes:
        train: 64 exchanges to learn from, in a mixed order.
        validation: 12 exchanges, for choices.
        test: 24 exchanges, whose questions have other wordings.
        instruction: the form in words, for a prompt.
    """

    train: tuple[Exchange, ...]
    validation: tuple[Exchange, ...]
    test: tuple[Exchange, ...]
    instruction: str

    @property
    def examples(self) -> tuple[Exchange, ...]:
        """The first exchanges of ``train``, of different topics: examples for a prompt."""
        return self.train[:_EXAMPLES]


@lru_cache
def load_house_voice() -> HouseVoice:
    """Load the house voice of the shop; always the same."""
    texts = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    train, validation, test = (_mixed(texts[part]) for part in ("train", "validation", "test"))
    return HouseVoice(train, validation, test, texts["instruction"].strip())


def obeys(answer: str) -> bool:
    """Say whether an answer has the form: three lines in the right order, none of them empty, and nothing else."""
    return _FORM.fullmatch(answer.strip()) is not None


def topic_of(answer: str) -> str | None:
    """Return the topic that an answer in the form names, or ``None``: no such form, or no topic of the shop."""
    found = _FORM.fullmatch(answer.strip())
    topic = found["topic"] if found else None
    return topic if topic in TOPICS else None


def _mixed(topics: dict[str, list[list[str]]]) -> tuple[Exchange, ...]:
    """Return the exchanges of a part, topics mixed: all first ones, all second ones, and so on."""
    return tuple(
        Exchange(question, f"TOPIC: {topic}\nANSWER: {answer}\nNEXT: {following}", topic)
        for place in range(max(map(len, topics.values())))
        for topic, exchanges in topics.items()
        for question, answer, following in exchanges[place : place + 1]
    )
