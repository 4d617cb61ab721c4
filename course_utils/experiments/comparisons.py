"""Rows of measurements as figures read them: made for several budgets and seeds, and condensed to one number."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.data import Dataset, PartName
from course_utils.errors import CourseError
from course_utils.experiments.budgets import label_efficiency, probe_accuracy
from course_utils.experiments.summaries import mean_over_seeds

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
    scratch = [mean_over_seeds(rows, "accuracy", method=SCRATCH, labels=n) for n in budgets]
    goal = mean_over_seeds(rows, "accuracy", method=method, labels=at)
    return label_efficiency(budgets, [goal] * len(budgets), scratch, at)
