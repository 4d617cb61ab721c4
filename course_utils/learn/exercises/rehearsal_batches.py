"""Exercise 04.e2: batches in which a fraction is old."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Unusable, Verdict, call, learners_code
from course_utils.learn.exercises.returned import RIGHT, WRONG

_NEW, _OLD, _BATCH = 53, 40, 16
_FRACTIONS = (0.25, 0.0, 0.1)  # 0.1 of 16 rounds to 2


def evidence(rehearsal_batches: Callable[..., Any]) -> Evidence:
    """For each fraction: which pictures stood in each batch of one epoch, and whether the labels went with them.

    Every picture carries its number in its pixels; old ones count from 1000, and a label is its number plus 7.
    """
    new, old = _pictures(np.arange(_NEW)), _pictures(1000 + np.arange(_OLD))
    found: Evidence = {}
    for fraction in _FRACTIONS:
        rng = np.random.default_rng(3)
        made = call(rehearsal_batches, *new, *old, _BATCH, fraction, rng)
        found[str(fraction)] = _batches(made)
    return found


def _pictures(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    images = np.zeros((len(numbers), 4, 4, 3), np.float32) + numbers[:, None, None, None]
    return images, numbers + 7


def _batches(made: Any) -> list[dict[str, Any]]:
    if made is None:
        raise Unusable("Your function gave back nothing. `return` a list of batches, or `yield` them one by one.")
    with learners_code():
        try:
            batches = [made_one for made_one, _ in zip(made, range(200), strict=False)]
        except TypeError:
            raise Unusable(
                f"Your function gave back a {type(made).__name__}; it should be a list of batches."
            ) from None
    if not batches:
        raise Unusable("Your function made no batch at all.")
    read = []
    for batch in batches:
        try:
            images, labels = (np.asarray(part) for part in batch)
            numbers = images.reshape(len(images), -1)[:, 0].astype(int)
        except (TypeError, ValueError):
            raise Unusable("Every batch is a pair: `images, labels`.") from None
        if images.ndim != 4 or len(images) != labels.size:
            raise Unusable("In every batch there must be one label for each picture, `images, labels`.")
        read.append({"numbers": numbers.tolist(), "labels": labels.ravel().astype(int).tolist()})
    return read


def verdict(evidence: Evidence) -> Verdict:
    every = [batch for batches in evidence.values() for batch in batches]
    if any(n + 7 != label for b in every for n, label in zip(b["numbers"], b["labels"], strict=True)):
        words = (
            "Some pictures have another's label. Whatever you do to the pictures (draw, shuffle, join), do it to the"
            " labels in the same order."
        )
        return Verdict(WRONG, words)
    plain = evidence["0.0"]
    if _old(plain):
        return Verdict(
            WRONG, "With fraction 0 there are old pictures in your batches. Fraction 0 is plain fine-tuning."
        )
    for fraction in (0.25, 0.1):
        verdict = _judge(evidence[str(fraction)], fraction)
        if verdict:
            return verdict
    seen = [n for b in plain for n in b["numbers"]]
    if set(seen) != set(range(_NEW)):
        return Verdict(WRONG, _missing(seen))
    if seen == sorted(seen):
        return Verdict(
            WRONG, "The new pictures come in the order in which they were stored. Shuffle them in every epoch."
        )
    return Verdict(
        RIGHT, "Every batch has the right share of old pictures, drawn anew, and no new picture was left out."
    )


def _judge(batches: list[dict[str, Any]], fraction: float) -> Verdict | None:
    wanted = round(fraction * _BATCH)
    old = _old(batches)
    sizes, counts = [len(b["numbers"]) for b in batches], [sum(n >= 1000 for n in b["numbers"]) for b in batches]
    if not old:
        return Verdict(WRONG, f"With fraction {fraction} there isn't one old picture in your batches.")
    if sizes[0] > _BATCH:
        words = (
            f"Your batches hold {sizes[0]} pictures; batch_size is {_BATCH}. The old pictures take room *inside* the"
            " batch: there are fewer new ones."
        )
        return Verdict(WRONG, words)
    if len(set(counts[:-1])) > 1:
        words = (
            f"Your batches hold from {min(counts)} to {max(counts)} old pictures. If all are shuffled together, chance"
            " decides: put the same share into *every* batch."
        )
        return Verdict(WRONG, words)
    if counts[0] == min(round(fraction * _OLD), _BATCH) and counts[0] != wanted:
        words = f"You take a fraction of the old *data*. `fraction` is the share of the *batch*: {wanted} of {_BATCH}."
        return Verdict(WRONG, words)
    if counts[0] != wanted:
        return Verdict(WRONG, f"A batch holds {counts[0]} old pictures; round({fraction} * {_BATCH}) is {wanted}.")
    if any(size != _BATCH for size in sizes[:-1]):
        return Verdict(WRONG, f"Your batches hold {sizes[0]} pictures instead of {_BATCH}.")
    new = [n for b in batches for n in b["numbers"] if n < 1000]
    if set(new) != set(range(_NEW)):
        return Verdict(WRONG, _missing(new))
    first = [tuple(sorted(n for n in b["numbers"] if n >= 1000)) for b in batches]
    if len(set(first[:-1])) == 1:
        words = (
            "The same few old pictures stand in every batch, and the network will learn those by heart. Draw them anew"
            " for each batch."
        )
        return Verdict(WRONG, words)
    return None


def _old(batches: list[dict[str, Any]]) -> list[int]:
    return [n for b in batches for n in b["numbers"] if n >= 1000]


def _missing(seen: list[int]) -> str:
    return (
        f"Only {len({n for n in seen if n < 1000})} of {_NEW} new pictures came up in your epoch. Step through the"
        " shuffled new pictures in strides of the room that is left for them, and keep the last, smaller batch."
    )
