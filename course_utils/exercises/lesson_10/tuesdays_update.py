"""Exercise 10.e2: bring a store of passages up to date, with no training and no more embedding than needed."""

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_FACTS, _CHANGED, _NEW, _LATE = 30, 6, 3, 3
_WIDTH = 6
_SUBJECTS = ("kettle", "ladder", "lantern", "stove", "rope", "tent", "kayak", "jacket", "hammer", "mat")


class TuesdaysUpdate(Exercise):
    """The store that the learner's update returns, and how many texts were embedded for it."""

    id = "10.e2"
    points = 3
    fields = {
        "ids": "str[*]",
        "years": "int[*]",
        "texts": "str[*]",
        "vectors": f"float[*,{_WIDTH}]",
        "embedded": "int",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        names = [f"{_SUBJECTS[i % 10]} {i}" for i in rng.permutation(10 * _FACTS)[: _FACTS + _NEW]]
        prices = rng.permutation(900)[: 3 * _FACTS] + 100
        years = rng.integers(2018, 2024, _FACTS).tolist()
        store = [[name, year, _text(name, prices[i])] for i, (name, year) in enumerate(zip(names, years, strict=False))]
        late, changed = store[:_LATE], store[_LATE : _LATE + _CHANGED]
        news = [[name, year + 2, _text(name, prices[_FACTS + i])] for i, (name, year, _) in enumerate(changed)]
        # A letter that arrives late: the store knows something newer already.
        news += [[name, year - 1, _text(name, prices[2 * _FACTS - 1 - i])] for i, (name, year, _) in enumerate(late)]
        news += [[name, 2025, _text(name, prices[2 * _FACTS + i])] for i, name in enumerate(names[_FACTS:])]
        # And two letters about one thing, the newer one first.
        name, year, _ = changed[0]
        order = rng.permutation(len(news))
        shuffled = [news[row] for row in order] + [[name, year + 1, _text(name, prices[-1])]]
        return {"store": store, "news": shuffled, "salt": int(rng.integers(2**31))}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        embedded = 0

        def embed(text: str) -> np.ndarray:
            nonlocal embedded
            embedded += 1
            return _vector(str(text), inputs["salt"])

        store = {name: (year, text, _vector(text, inputs["salt"])) for name, year, text in inputs["store"]}
        found = call(answer, store, [tuple(letter) for letter in inputs["news"]], embed)
        if not isinstance(found, Mapping):
            raise Unusable("not-a-store")
        rows = sorted(found.items(), key=lambda item: str(item[0]))
        with learners_code():
            entries = [tuple(entry) for _, entry in rows]
            if any(len(entry) != 3 or np.shape(entry[2]) != (_WIDTH,) for entry in entries):
                raise Unusable("not-entries")
            years, texts, vectors = zip(*entries, strict=True) if entries else ((), (), ())
            return {
                "ids": np.array([str(name) for name, _ in rows], str),
                "years": np.array([int(year) for year in years], np.int64),
                "texts": np.array([str(text) for text in texts], str),
                "vectors": np.array(vectors, float).reshape(-1, _WIDTH),
                "embedded": embedded,
            }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        news, right = inputs["news"], _updated(inputs)
        columns = [data[name].tolist() for name in ("ids", "years", "texts")]
        if len({*map(len, columns), len(data["vectors"])}) > 1:
            return wrong("not-entries")
        found = {name: (year, text) for name, year, text in zip(*columns, strict=True)}
        before = {name: (year, text) for name, year, text in inputs["store"]}
        vectors = dict(zip(data["ids"].tolist(), data["vectors"], strict=True))
        if found == before:
            return wrong("unchanged")
        if set(found) - set(right):
            return wrong("both-versions", extra=len(set(found) - set(right)))
        if set(right) - set(found):
            lost = set(before) - set(found)
            return wrong("lost" if lost else "no-new-ones", number=len(set(right) - set(found)))
        older = [name for name, entry in found.items() if entry[0] < right[name][0] or entry[1] != right[name][1]]
        if any(found[name] != before.get(name) for name in older):
            return wrong("older-won", number=len(older))
        if older:
            return wrong("not-updated", number=len(older))
        if any(found[name][0] != year for name, (year, _) in right.items()):
            return wrong("other-year")
        stale = [n for n, (_, text) in right.items() if not np.allclose(vectors[n], _vector(text, inputs["salt"]))]
        if stale:
            return wrong("stale-vectors", number=len(stale))
        if data["embedded"] > len(news):
            return wrong("all-again", 0.5, embedded=data["embedded"], news=len(news))
        return passed(embedded=data["embedded"], size=len(right))


def _text(name: str, price: int) -> str:
    return f"The {name} costs {price} crowns."


def _updated(inputs: Inputs) -> dict[str, tuple[int, str]]:
    """Return the year and the text of each passage as they should be."""
    letters = sorted((*inputs["store"], *inputs["news"]), key=lambda letter: letter[1])
    return {name: (year, text) for name, year, text in letters}


def _vector(text: str, salt: int) -> np.ndarray:
    """Return a vector that only ``embed`` knows for a text."""
    return np.random.default_rng((salt, zlib.crc32(text.encode()))).normal(size=_WIDTH)
