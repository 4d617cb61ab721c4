"""Answers that are nearly the same, found by winnowing (Schleimer, Wilkerson and Aiken 2003).

An answer is read as Python tokens in which a learner's own names are all alike, so that new names, comments and empty
lines change nothing. Of all runs of ``RUN`` tokens, winnowing keeps some as fingerprints, such that two answers with
``RUN + WINDOW - 1`` tokens in common share at least one. What the lesson itself hands out or solves is left out.
"""

import hashlib
import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

RUN = 8  # tokens in a fingerprint: fewer, and honest answers share many
WINDOW = 4  # runs of which at least one is kept
ALIKE = 0.8  # of the shorter answer's fingerprints, in both
FEWEST_FINGERPRINTS = 6  # of an answer: with fewer there is too little of its own to compare
COMMON = 10  # learners; what more than these share is the obvious way (as in Aiken's MOSS)
_LONGEST = 20_000  # characters of an answer that are read

_LEFT_OUT = {tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER, tokenize.NEWLINE}
_ALIKE = {tokenize.STRING: '""', tokenize.INDENT: "{", tokenize.DEDENT: "}"}


class SimilarPair(NamedTuple):
    """Two learners with nearly the same answer.

    Attributes:
        share: of the shorter answer's fingerprints that both have, 0 to 1.
        shared: how many these are.
    """

    first: str
    second: str
    share: float
    shared: int


def similar_pairs(answers: Mapping[str, str], known: Iterable[str]) -> list[SimilarPair]:
    """Return the pairs of nearly identical answers, most alike first.

    Args:
        answers: by learner.
        known: texts that anyone may have, such as the stub and the solution.
    """
    everyones = {run for text in known for run in _runs(tokens_of(text))}
    own = {learner: winnow(tokens_of(text)) - everyones for learner, text in answers.items()}
    having: defaultdict[int, list[str]] = defaultdict(list)
    for learner, prints in sorted(own.items()):
        for one in prints:
            having[one].append(learner)
    common = {one for one, who in having.items() if len(who) > COMMON}
    shared = Counter(pair for one, who in having.items() if one not in common for pair in combinations(who, 2))
    left = {learner: len(prints - common) for learner, prints in own.items()}
    pairs = [
        SimilarPair(first, second, count / min(left[first], left[second]), count)
        for (first, second), count in shared.items()
        if min(left[first], left[second]) >= FEWEST_FINGERPRINTS
    ]
    alike = [pair for pair in pairs if pair.share >= ALIKE]
    return sorted(alike, key=lambda pair: (-pair.share, -pair.shared, pair.first, pair.second))


def tokens_of(source: str) -> list[str]:
    """Return a text's Python tokens, with a learner's own names alike; up to where it is not Python any more."""
    tokens: list[str] = []
    before = ""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source[:_LONGEST]).readline):
            if token.type in _LEFT_OUT:
                continue
            # What follows a dot is the library's word, which a copier can't change.
            own = token.type == tokenize.NAME and before != "." and not keyword.iskeyword(token.string)
            tokens.append("a" if own else _ALIKE.get(token.type, token.string))
            before = token.string
    except (tokenize.TokenError, SyntaxError):
        pass
    return tokens


def winnow(tokens: Sequence[str], run: int = RUN, window: int = WINDOW) -> frozenset[int]:
    """Return the fingerprints: of every ``window`` neighbouring runs, the one with the least hash.

    An answer of fewer than ``window`` runs keeps its least one.
    """
    hashes = list(_runs(tokens, run))
    windows = (hashes[start : start + window] for start in range(max(1, len(hashes) - window + 1)))
    return frozenset(min(ones) for ones in windows if ones)


def _runs(tokens: Sequence[str], run: int = RUN) -> Iterator[int]:
    """Yield a hash of 64 bits for each run of tokens, the same on every machine."""
    for start in range(len(tokens) - run + 1):
        text = "\0".join(tokens[start : start + run])
        yield int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
