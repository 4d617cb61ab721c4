"""Draw a knowledge check from a bank: which questions, which of their variants, and the order of their choices."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase
from typing import Generic, Protocol, TypeVar

#: How many questions a knowledge check has.
SIZE = 6


class Drawable(Protocol):
    """What a draw has to know of a question."""

    @property
    def choices(self) -> tuple[str, ...]: ...


Q = TypeVar("Q", bound=Drawable)


@dataclass(frozen=True)
class Drawn(Generic[Q]):
    """A question of a draw. ``arrangement`` is the order in which its choices are shown, as their places."""

    question: Q
    arrangement: tuple[int, ...]

    def shown(self, letters: str) -> str:
        """Return the letters under which the choices with the authors' ``letters`` are shown."""
        return "".join(ascii_lowercase[self.arrangement.index(ascii_lowercase.index(letter))] for letter in letters)


def draw(
    bank: Mapping[str, Sequence[Q]], topics: Mapping[str, str], seed: str, size: int = SIZE
) -> dict[str, Drawn[Q]]:
    """Draw questions of as many topics as there are, and no topic twice before every other one had its turn.

    Args:
        bank: the variants of each question by its id, in the lesson's order.
        topics: the topic of each question by its id.
        seed: the same seed gives the same draw from the same bank.

    Returns:
        The drawn questions by id, in the bank's order; all of them when the bank has fewer than ``size``.
    """
    random = Random(seed)
    by_topic: dict[str, list[str]] = defaultdict(list)
    for id in bank:
        by_topic[topics[id]].append(id)
    piles = [random.sample(ids, len(ids)) for ids in by_topic.values()]
    random.shuffle(piles)
    # One of each topic, then a second one of each, and so on.
    turns = [pile[turn] for turn in range(max(map(len, piles), default=0)) for pile in piles if turn < len(pile)]
    chosen = set(turns[:size])
    return {id: _dealt(variants, random) for id, variants in bank.items() if id in chosen}


def _dealt(variants: Sequence[Q], random: Random) -> Drawn[Q]:
    question = random.choice(variants)
    places = range(len(question.choices))
    return Drawn(question, tuple(random.sample(places, len(places))))
