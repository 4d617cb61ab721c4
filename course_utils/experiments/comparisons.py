"""Rows of measurements as figures read them: made for several budgets and seeds, and condensed to one number."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from course_utils.data import Dataset, PartName
from course_utils.errors import CourseError
from course_utils.experiments.budgets import label_efficiency, probe_accuracy

#: One measurement: ``method``, ``labels`` per class, ``seed`` and ``accuracy`` (0..1).
Measurement = dict[str, Any]

PRETRAINED, SCRATCH = "pretrained, frozen", "from scratch"


def probe_rows(
    method: str,
    features: dict[str, np.ndarray],
    dataset: Dataset,
    budgets: Sequence[int],
    seeds: Sequence[int],
    part: PartName = "test",
) -> list[Measurement]:
    """Measure a linear probe at every budget, with a new draw of the labels for every seed.

    Args:
        method: how figures call it.
        features: of the dataset's parts, as ``features_of`` returns them.
        budgets: labels per class, each 1 or more.
        part: of the dataset that is measured.
    """
    return [
        {"method": method, "labels": n, "seed": s, "accuracy": probe_accuracy(features, dataset, n, s, part)}
        for n in budgets
        for s in seeds
    ]


def mean_accuracy(rows: Iterable[Measurement], **where: object) -> float:
    """Return the mean accuracy, 0..1, of the rows whose columns have the values in ``where``.

    Raises:
        CourseError: no row has.
    """
    found = [row["accuracy"] for row in rows if all(row.get(column) == value for column, value in where.items())]
    if not found:
        wanted = ", ".join(f"{column}={value!r}" for column, value in where.items())
        raise CourseError(f"No row has {wanted}. Measure it first, or ask for what was measured.")
    return float(np.mean(found))


def efficiency(rows: list[Measurement], at: int, method: str = PRETRAINED) -> float:
    """Return the label-efficiency factor of ``method`` against scratch, from rows of both; ``inf`` if out of reach.

    Raises:
        CourseError: ``at`` was not measured with both.
    """
    measured = {name: {row["labels"] for row in rows if row["method"] == name} for name in (method, SCRATCH)}
    if at not in measured[method] & measured[SCRATCH]:
        both = sorted(measured[method] & measured[SCRATCH])
        raise CourseError(f"at={at} was not measured with both {method!r} and {SCRATCH!r}; choose one of {both}.")
    budgets = sorted(measured[SCRATCH])
    scratch = [mean_accuracy(rows, method=SCRATCH, labels=n) for n in budgets]
    goal = mean_accuracy(rows, method=method, labels=at)
    return label_efficiency(budgets, [goal] * len(budgets), scratch, at)
