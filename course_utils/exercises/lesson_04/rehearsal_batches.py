"""Exercise 04.e2: batches in which a fraction is old."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call, learners_code
from course_utils.learn.wording import kind

_OLD, _BATCH = 40, 16
_FRACTIONS = (0.25, 0.0, 0.1)  # 0.1 of 16 rounds to 2
FIELDS = {"fraction": "int[*]", "batch": "int[*]", "picture": "int[*]", "label": "int[*]"}


def _new_count(seed: int) -> int:
    return 53 + 3 * (seed % 4)  # never a multiple of the room for new pictures, so the last batch is smaller


def evidence(rehearsal_batches: Callable[..., Any], seed: int) -> Evidence:
    """One row for each picture of each batch of an epoch: which fraction, batch and picture, and its label.

    Every picture carries its number in its pixels; old ones count from 1000, and a label is its number plus 7.
    """
    new, old = _pictures(np.arange(_new_count(seed))), _pictures(1000 + np.arange(_OLD))
    rows: list[tuple[int, int, int, int]] = []
    for f, fraction in enumerate(_FRACTIONS):
        made = call(rehearsal_batches, *new, *old, _BATCH, fraction, np.random.default_rng(seed))
        for b, batch in enumerate(_read(made)):
            rows += [(f, b, picture, label) for picture, label in batch]
    return dict(zip(FIELDS, zip(*rows, strict=True), strict=True))


def _pictures(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    images = np.zeros((len(numbers), 4, 4, 3), np.float32) + numbers[:, None, None, None]
    return images, numbers + 7


def _read(made: Any) -> list[list[tuple[int, int]]]:
    """Numbers and labels of the pictures in each batch."""
    if made is None:
        raise Unusable("Your function gave back nothing. `return` a list of batches, or `yield` them one by one.")
    if not isinstance(made, Iterable):
        raise Unusable(f"Your function gave back {kind(made)}; it should be a list of batches.")
    with learners_code():
        batches = list(itertools.islice(made, 200))
    if not batches:
        raise Unusable("Your function made no batch at all.")
    read = []
    for batch in batches:
        try:
            images, labels = (np.asarray(part) for part in batch)
            numbers = images.reshape(len(images), -1)[:, 0].astype(int).tolist()
            label_numbers = labels.ravel().astype(int).tolist()
        except (TypeError, ValueError, IndexError):
            raise Unusable("Every batch is a pair: `images, labels`.") from None
        if images.ndim != 4 or len(images) != labels.size:
            raise Unusable("In every batch there must be one label for each picture, `images, labels`.")
        if not numbers:
            raise Unusable("One of your batches is empty.")
        read.append(list(zip(numbers, label_numbers, strict=True)))
    return read


def verdict(evidence: Evidence, seed: int) -> Verdict:
    if any(evidence["picture"] + 7 != evidence["label"]):
        words = (
            "Some pictures have another's label. Whatever you do to the pictures (draw, shuffle, join), do it to the"
            " labels in the same order."
        )
        return Verdict(WRONG, words)
    many = _new_count(seed)
    mixed, plain, few = (_batches(evidence, f) for f in range(len(_FRACTIONS)))
    seen = [n for numbers in plain for n in numbers]
    if max(seen) >= 1000:
        return Verdict(
            WRONG, "With fraction 0 there are old pictures in your batches. Fraction 0 is plain fine-tuning."
        )
    for batches, fraction in ((mixed, _FRACTIONS[0]), (few, _FRACTIONS[2])):
        verdict = _judge(batches, fraction, many)
        if verdict:
            return verdict
    if set(seen) != set(range(many)):
        return Verdict(WRONG, _missing(seen, many))
    if seen == sorted(seen):
        return Verdict(
            2 / 3,
            "The shares are right. But the new pictures come in the order in which they were stored: shuffle them in"
            " every epoch.",
        )
    return Verdict(
        RIGHT, "Every batch has the right share of old pictures, drawn anew, and no new picture was left out."
    )


def _batches(evidence: Evidence, fraction: int) -> list[list[int]]:
    """The numbers of the pictures in each batch, for one of the fractions."""
    rows = evidence["fraction"] == fraction
    pictures, batch = evidence["picture"][rows], evidence["batch"][rows]
    return [pictures[batch == b].tolist() for b in np.unique(batch)]


def _judge(batches: list[list[int]], fraction: float, many: int) -> Verdict | None:
    """What is wrong with the batches of a fraction above 0; None when nothing is."""
    wanted = round(fraction * _BATCH)
    old = [tuple(sorted(n for n in numbers if n >= 1000)) for numbers in batches]
    sizes, counts = [len(numbers) for numbers in batches], [len(numbers) for numbers in old]
    if not any(counts):
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
        held = f"{counts[0]} old picture{'' if counts[0] == 1 else 's'}"
        return Verdict(WRONG, f"A batch holds {held}; `round({fraction} * {_BATCH})` is {wanted}.")
    odd = [size for size in sizes[:-1] if size != _BATCH]
    if odd:
        return Verdict(WRONG, f"One of your batches holds {odd[0]} pictures instead of {_BATCH}.")
    new = [n for numbers in batches for n in numbers if n < 1000]
    if set(new) != set(range(many)):
        return Verdict(WRONG, _missing(new, many))
    if len(set(old[:-1])) == 1:
        words = (
            "The same few old pictures stand in every batch, and the network will learn those by heart. Draw them anew"
            " for each batch."
        )
        return Verdict(WRONG, words)
    return None


def _missing(seen: list[int], many: int) -> str:
    return (
        f"Only {len(set(seen))} of {many} new pictures came up in your epoch. Step through the"
        " shuffled new pictures in strides of the room that is left for them, and keep the last, smaller batch."
    )
