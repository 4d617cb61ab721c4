"""Averaging weights before and after fine-tuning."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError
from course_utils.transfer.drift import check_same_shapes


def average_weights(before: Sequence[NDArray[Any]], after: Sequence[NDArray[Any]], share: float) -> list[NDArray[Any]]:
    """Return weights on the straight line from before to after fine-tuning (WiSE-FT, Wortsman et al. 2022).

    It works if that line crosses no hill of the loss, which is usual after gentle fine-tuning; the average of two
    networks that were trained independently is useless.

    Args:
        before, after: weights of one network in the same order, from ``weights_of`` or ``get_weights``.
        share: how much of ``after``, 0..1; 0 gives ``before``.

    Returns:
        Arrays of the given shapes and types, for ``set_weights``.

    Raises:
        CourseError: ``share`` is out of range, or the shapes of the two lists differ.
    """
    if not 0 <= share <= 1:
        raise CourseError(f"share={share} is out of range: it must lie in 0..1, from before to after.")
    check_same_shapes("before", before, "those of after", [np.shape(a) for a in after])
    return [((1 - share) * b + share * a).astype(b.dtype) for b, a in zip(before, after, strict=True)]
