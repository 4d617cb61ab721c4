"""What all searches have in common: the best rows first, and what can't be searched."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError


def best_rows(scores: NDArray[np.floating], k: int) -> NDArray[np.int64]:
    """Return the ``k`` columns with the highest scores of each row, best first; of equal ones the earlier first.

    Raises:
        CourseError: there are fewer than ``k``.
    """
    if not 1 <= k <= scores.shape[1]:
        raise CourseError(f"k={k} must lie in 1..{scores.shape[1]}: the index holds so many passages.")
    return np.argsort(-scores, axis=1, kind="stable")[:, :k].astype(np.int64)


def require_texts(texts: Sequence[str]) -> None:
    """Raise ``CourseError`` unless there is at least one text and each of them says something."""
    if isinstance(texts, str) or not len(texts):
        raise CourseError("Give a list of at least one text.")
    for number, text in enumerate(texts):
        if not text.strip():
            raise CourseError(f"Text {number} is empty, so nothing can be found by it. Leave it out.")
