"""Exercise 06.e1: batches of which a fraction is old."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_utils.learn.calling import Unusable, call, learners_code, require_something
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_OLD, _BATCH = 40, 16
_FRACTIONS = (0.25, 0.0, 0.1)  # 0.1 of 16 rounds to 2
#: Numbers of new pictures: never a multiple of the room for them (12, 16, 14), so the last batch is smaller.
_NEW = [many for many in range(50, 70) if all(many % (_BATCH - round(f * _BATCH)) for f in _FRACTIONS)]
_MANY_BATCHES = 200  # no right answer makes that many

Batches = list[list[int]]


class RehearsalBatches(Exercise):
    """A row for each picture of each batch of an epoch: which fraction, which batch, the picture's number, its label.

    Every picture carries its number in its pixels. Numbers and labels are drawn without repetition.
    """

    id = "06.e1"
    points = 3
    fields = {"rows": "int[*,4]"}

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        many = int(rng.choice(_NEW))
        numbers, labels = (rng.choice(100_000, many + _OLD, replace=False) for _ in range(2))
        return {
            "new_numbers": numbers[:many],
            "new_labels": labels[:many],
            "old_numbers": numbers[many:],
            "old_labels": labels[many:],
            "generator_seed": int(rng.integers(1_000_000)),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        new = _images(inputs["new_numbers"]), inputs["new_labels"]
        old = _images(inputs["old_numbers"]), inputs["old_labels"]
        rows: list[tuple[int, int, int, int]] = []
        for f, fraction in enumerate(_FRACTIONS):
            made = call(answer, *new, *old, _BATCH, fraction, np.random.default_rng(inputs["generator_seed"]))
            for b, batch in enumerate(_read(made)):
                rows += [(f, b, number, label) for number, label in batch]
        return {"rows": rows}

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        new, old = inputs["new_numbers"].tolist(), inputs["old_numbers"].tolist()
        label_of = dict(zip(new + old, [*inputs["new_labels"], *inputs["old_labels"]], strict=True))
        if any(label_of.get(number) != label for number, label in data["rows"][:, 2:].tolist()):
            return wrong("labels-left-behind")
        epochs = [_batches(data["rows"], f) for f in range(len(_FRACTIONS))]
        if not all(epochs):
            return wrong("no-batch")
        mixed, plain, few = epochs
        seen = [number for batch in plain for number in batch]
        if not set(old).isdisjoint(seen):
            return wrong("old-at-fraction-0")
        for batches, fraction in ((mixed, _FRACTIONS[0]), (few, _FRACTIONS[2])):
            judged = _judge(batches, fraction, set(new), set(old))
            if judged:
                return judged
        if set(seen) != set(new):
            return wrong("new-pictures-left-out", seen=len(set(seen)), many=len(new))
        stored = [new.index(number) for number in seen]
        if stored == sorted(stored):
            return wrong("not-shuffled", 2 / 3)
        return passed()


def _images(numbers: np.ndarray) -> np.ndarray:
    return np.zeros((len(numbers), 4, 4, 3), np.float32) + numbers[:, None, None, None].astype(np.float32)


def _read(made: Any) -> list[list[tuple[int, int]]]:
    """Read the numbers and labels of the pictures in each batch."""
    require_something(made, "a list of batches, or `yield` them one by one")
    if not isinstance(made, Iterable):
        raise Unusable("wrong-kind", kind=kind(made), wanted="a list of batches")
    with learners_code():
        batches = list(itertools.islice(made, _MANY_BATCHES))
    if not batches:
        raise Unusable("no-batch")
    return [_pairs(batch) for batch in batches]


def _pairs(batch: Any) -> list[tuple[int, int]]:
    try:
        images, labels = (np.asarray(part) for part in batch)
        if len(images) == 0:
            raise Unusable("empty-batch")
        with np.errstate(invalid="ignore"):  # NaN is not the number of any picture
            numbers = images.reshape(len(images), -1)[:, 0].astype(int).tolist()
            label_numbers = labels.ravel().astype(int).tolist()
    except (TypeError, ValueError, IndexError):
        raise Unusable("not-pairs") from None
    if images.ndim != 4 or len(images) != labels.size:
        raise Unusable("labels-for-pictures")
    return list(zip(numbers, label_numbers, strict=True))


def _batches(rows: np.ndarray, fraction: int) -> Batches:
    """Return the numbers of the pictures in each batch, for one of the fractions."""
    mine = rows[rows[:, 0] == fraction]
    mine = mine[np.argsort(mine[:, 1], kind="stable")]
    ends = np.flatnonzero(mine[1:, 1] != mine[:-1, 1]) + 1
    return [batch.tolist() for batch in np.split(mine[:, 2], ends) if len(batch)]


def _judge(batches: Batches, fraction: float, new: set[int], old: set[int]) -> Verdict | None:
    """Judge the batches of a fraction above 0; None if they are right."""
    wanted = round(fraction * _BATCH)
    drawn = [tuple(sorted(number for number in batch if number in old)) for batch in batches]
    sizes, counts = [len(batch) for batch in batches], [len(numbers) for numbers in drawn]
    if not any(counts):
        return wrong("nothing-old", fraction=fraction)
    if sizes[0] > _BATCH:
        return wrong("on-top-of-batch", size=sizes[0], batch_size=_BATCH)
    if len(set(counts[:-1])) > 1:
        return wrong("left-to-chance", fewest=min(counts), most=max(counts))
    if counts[0] == min(round(fraction * _OLD), _BATCH) and counts[0] != wanted:
        return wrong("fraction-of-data", wanted=wanted, batch_size=_BATCH)
    if counts[0] != wanted:
        held = f"{counts[0]} old picture{'' if counts[0] == 1 else 's'}"
        return wrong("another-count", held=held, fraction=fraction, batch_size=_BATCH, wanted=wanted)
    odd = [size for size in sizes[:-1] if size != _BATCH] + [size for size in sizes[-1:] if size > _BATCH]
    if odd:
        return wrong("another-size", size=odd[0], batch_size=_BATCH)
    seen = new.intersection(itertools.chain(*batches))
    if seen != new:
        return wrong("new-pictures-left-out", seen=len(seen), many=len(new))
    if len(set(drawn[:-1])) == 1:
        return wrong("same-old-pictures")
    return None
