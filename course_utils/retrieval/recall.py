"""How often a search finds what it should."""

import numpy as np
from numpy.typing import ArrayLike

from course_utils.errors import CourseError


def recall_at(found: ArrayLike, wanted: ArrayLike, k: int) -> float:
    """Return the share of queries whose wanted row is among the first ``k`` that were found.

    Args:
        found: int ``(queries, at least k)``, the rows that were found for each query, best first.
        wanted: int ``(queries,)``, the row that holds the evidence.
        k: how many of the first to look at.

    Raises:
        CourseError: fewer than ``k`` were found, or the numbers of queries differ.
    """
    rows, right = np.asarray(found), np.asarray(wanted)
    if rows.ndim != 2 or right.shape != rows.shape[:1]:
        raise CourseError(
            f"found has shape {rows.shape} and wanted {right.shape}, but they must be (queries, rows) and (queries,)."
        )
    if not 1 <= k <= rows.shape[1]:
        raise CourseError(f"k={k} must lie in 1..{rows.shape[1]}: so many rows were found for each query.")
    return float((rows[:, :k] == right[:, None]).any(axis=1).mean())
