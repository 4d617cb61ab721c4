"""What sentences of a handbook are made of: values of several kinds, and the year from which a sentence is valid."""

from collections.abc import Callable, Container
from dataclasses import dataclass

import numpy as np

_YEARS = (2019, 2023, 2027)  # older versions are from before the second, valid ones from it on
#: After an update, sentences are valid from this year on.
UPDATED = _YEARS[-1]

_DRAWS: dict[str, Callable[[np.random.Generator], str]] = {
    "time": lambda rng: f"{rng.integers(6, 11)}:{5 * rng.integers(1, 12):02d}",
    "price": lambda rng: str(rng.integers(101, 990)),
    "version": lambda rng: ".".join(str(part) for part in rng.integers(2, 10, 3)),
    "extension": lambda rng: str(rng.integers(2100, 9900)),
    "room": lambda rng: f"{'ABCDEF'[rng.integers(6)]}{rng.integers(10, 60)}",
    "days": lambda rng: str(rng.integers(3, 90)),
}


@dataclass(frozen=True)
class Passage:
    """One sentence of the handbook.

    Attributes:
        id: what it is about, such as ``"price: Heron tent"``. Two versions of a fact share it.
        text: the sentence, with the year that it is valid from.
        year: that year. Of two versions the newer counts.
    """

    id: str
    text: str
    year: int


def different_values(values: str, rng: np.random.Generator, n: int) -> list[str]:
    """Draw ``n`` values of a kind; no two are the same."""
    drawn: list[str] = []
    while len(drawn) < n:
        drawn.append(another_value(values, rng, drawn))
    return drawn


def another_value(values: str, rng: np.random.Generator, taken: Container[str]) -> str:
    """Draw a value of a kind that isn't taken."""
    while (value := _DRAWS[values](rng)) in taken:
        pass
    return value


def dated(rng: np.random.Generator, known_as: str, sentence: str, *, valid: bool = True) -> Passage:
    """Return a sentence that is valid from a drawn year on; an older version is from before all valid ones."""
    year = int(rng.integers(*(_YEARS[1:] if valid else _YEARS[:2])))
    return Passage(known_as, f"Since {year}: {sentence}", year)
