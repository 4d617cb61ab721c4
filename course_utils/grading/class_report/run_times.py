"""Run times that are far from everyone else's: work done again and again, or none done at all."""

import math
from collections.abc import Mapping

import numpy as np

from course_utils.grading.class_report.item_statistics import FEWEST

_FAR = 3.5  # modified z-score (Iglewicz and Hoaglin 1993)
_TIMES = 3.0  # and at least so many times the median, or a part of it
_LEAST = 1.0  # and in seconds: what is over in a moment is never unusual
_CONSISTENT = 0.6745  # makes the median deviation of a normal distribution its standard deviation


def unusual(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return how many times the median each unusual run took, by learner.

    Times are compared as ratios, since they are skewed.

    Args:
        seconds: of processor time, by learner.

    Returns:
        Nothing for fewer than ``FEWEST`` learners.
    """
    if len(seconds) < FEWEST:
        return {}
    logs = {learner: math.log(max(time, 1e-3)) for learner, time in seconds.items()}
    median = float(np.median(list(logs.values())))
    deviation = float(np.median([abs(log - median) for log in logs.values()]))
    typical = math.exp(median)
    return {
        learner: math.exp(log - median)
        for learner, log in logs.items()
        if _CONSISTENT * abs(log - median) > _FAR * deviation
        and abs(log - median) > math.log(_TIMES)
        and max(seconds[learner], typical) >= _LEAST
    }
