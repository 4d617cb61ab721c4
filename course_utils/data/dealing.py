"""Deal labelled inputs into training, validation and test parts, class by class, and never split a group."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from course_utils.data.splits import PARTS, PartName

_SHARES = (0.6, 0.2, 0.2)
_PARTS = range(len(PARTS))


def deal(labels: NDArray[np.int64], groups: NDArray[np.intp], seed: int) -> dict[PartName, NDArray[np.intp]]:
    """Deal 60 / 20 / 20 of every class, as nearly as its groups allow; rows of one group go to one part.

    Groups of several rows come first, the largest first, each where most is missing. Rows on their own follow at
    random. Every part gets some of every class if the groups allow it, which the caller has to check.

    Args:
        labels: int64 ``(n,)``, sorted.
        groups: a number for each row, ``(n,)``; rows with the same number stay together, across classes too.
        seed: decides the order.

    Returns:
        The rows of each part: class by class, in the order drawn.
    """
    rng = np.random.default_rng(seed)
    rows_of_class = [np.flatnonzero(labels == label) for label in range(int(labels.max()) + 1)]
    order = np.concatenate([rows[rng.permutation(len(rows))] for rows in rows_of_class])
    members: dict[int, list[int]] = defaultdict(list)
    for row in order:
        members[int(groups[row])].append(int(row))

    missing = np.array([_targets(len(rows)) for rows in rows_of_class])  # by class and part
    empty = np.ones(missing.shape, bool)
    waiting = np.zeros(len(missing), int)  # groups of each class that have not been dealt
    for rows in members.values():
        waiting[np.unique(labels[rows])] += 1

    part_of = np.empty(len(labels), int)
    for rows in sorted(members.values(), key=len, reverse=True):
        counts = np.bincount(labels[rows], minlength=len(missing))
        present = np.flatnonzero(counts)
        # Once a class has only as many groups left as parts without it, its groups must go to those parts.
        due = [p for p in _PARTS if any(empty[c, p] and waiting[c] <= empty[c].sum() for c in present)]
        allowed = due or list(_PARTS)
        if len(rows) == 1:
            part = next((p for p in allowed if missing[present[0], p] > 0), allowed[0])
        else:
            part = max(allowed, key=lambda p: int(counts @ missing[:, p]))
        part_of[rows] = part
        missing[:, part] -= counts
        empty[present, part] = False
        waiting[present] -= 1
    return {name: order[part_of[order] == part] for part, name in enumerate(PARTS)}


def _targets(count: int) -> tuple[int, int, int]:
    """Return how many of a class's rows each part should get: at least one, if there are three."""
    first = max(1, round(_SHARES[0] * count))
    second = first + max(1, round(_SHARES[1] * count))
    first, second = min(first, count - 2), min(second, count - 1)
    return first, second - first, count - second
