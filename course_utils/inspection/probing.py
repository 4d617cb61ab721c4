"""A linear probe after every block: what each depth makes easy."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from course_utils.data import Split
from course_utils.inspection.responses import block_features
from course_utils.transfer import linear_probe


def probe_blocks(
    backbone: keras.Model,
    train: Split,
    validation: Split,
    *,
    per_class: int | None = None,
    seeds: Sequence[int] = (0,),
) -> list[dict[str, Any]]:
    """Fit a linear probe on the pooled output of every block (Alain and Bengio 2017).

    Args:
        backbone: any functional Keras backbone; only read.
        train: what the probes learn from.
        validation: what they are tested on.
        per_class: labels per class for each probe; None uses all.
        seeds: each draws different labels; with all labels, one seed is enough.

    Returns:
        One row per seed and block: ``block``, ``seed``, ``accuracy`` (0..1).

    Raises:
        CourseError: ``per_class`` is more than the smallest class has.
    """
    drawn = {s: np.arange(len(train)) if per_class is None else train.few_rows(per_class, s) for s in seeds}
    used = np.unique(np.concatenate(list(drawn.values())))  # computing features that no probe sees would waste time
    learned, measured = block_features(backbone, train.inputs[used]), block_features(backbone, validation.inputs)
    rows = []
    for seed, wanted in drawn.items():
        at = np.searchsorted(used, wanted)
        for block, features in learned.items():
            probe = linear_probe(features[at], train.labels[wanted])
            accuracy = float(probe.score(measured[block], validation.labels))
            rows.append({"block": block, "seed": seed, "accuracy": accuracy})
    return rows
