"""Forgetting as a number, from the accuracies on every task after each one was learned.

All three functions take the accuracy matrix R: ``R[i][j]`` is the accuracy, 0..1, on task j after training on task i.
Entries above the diagonal, accuracies on tasks not learned yet, may be NaN. ``average_accuracy`` and
``backward_transfer`` ignore them; ``forgetting`` uses those that are numbers.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course_utils.errors import CourseError


def average_accuracy(R: ArrayLike) -> float:
    """Return the mean accuracy over the tasks learned, 0..1, after the last of them (Lopez-Paz and Ranzato 2017).

    Raises:
        CourseError: R is not a square matrix of accuracies, or has NaN on or below the diagonal.
    """
    return float(_checked(R, tasks=1)[-1].mean())


def backward_transfer(R: ArrayLike) -> float:
    """Return how later tasks changed earlier ones, -1..1: each final accuracy minus the one when the task was new.

    The mean over all tasks but the last (Lopez-Paz and Ranzato 2017). Below 0 is forgetting.

    Raises:
        CourseError: R is not a square matrix of accuracies of two or more tasks, or has NaN on or below the diagonal.
    """
    accuracies = _checked(R, tasks=2)
    return float((accuracies[-1] - accuracies.diagonal())[:-1].mean())


def forgetting(R: ArrayLike) -> float:
    """Return how much of each earlier task's best accuracy is lost at the end, -1..1 (Chaudhry et al. 2018).

    The mean over all tasks but the last of the highest accuracy before the last task was learned minus the final one.
    At least as large as ``-backward_transfer``, since the best may have come later than the diagonal; below 0 if the
    last task made the earlier ones better.

    Raises:
        CourseError: R is not a square matrix of accuracies of two or more tasks, or has NaN on or below the diagonal.
    """
    accuracies = _checked(R, tasks=2)
    return float((np.nanmax(accuracies[:-1, :-1], axis=0) - accuracies[-1, :-1]).mean())


def _checked(R: ArrayLike, tasks: int) -> NDArray[np.float64]:
    accuracies = np.asarray(R, np.float64)
    if accuracies.ndim != 2 or accuracies.shape[0] != accuracies.shape[1] or len(accuracies) < tasks:
        raise CourseError(
            f"R has shape {accuracies.shape}; it must be a square matrix with a row for each task learned and a "
            f"column for each task measured, {tasks} or more."
        )
    if np.isnan(accuracies[np.tril_indices(len(accuracies))]).any():
        raise CourseError("R has NaN on or below its diagonal: after each training, measure every task learned so far.")
    if (accuracies < 0).any() or (accuracies > 1).any():
        raise CourseError(
            f"R has values from {np.nanmin(accuracies)} to {np.nanmax(accuracies)}; accuracies lie in 0..1."
        )
    return accuracies
