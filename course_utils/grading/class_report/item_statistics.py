"""How hard a question is, how well it tells learners apart, and how well a lesson's questions hang together.

The classical statistics of test theory (Lord and Novick 1968). Where there is too little to compute them from, there is
no number: a coefficient of eight learners is mostly chance.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Fewer learners than this give no coefficient.
FEWEST = 10
_Z = 1.959964  # of a 95 % interval


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its 95 % interval."""

    value: float
    low: float
    high: float


def discrimination(item: NDArray[Any], rest: NDArray[Any]) -> Estimate | None:
    """Return the correlation of a question's points with those of all other questions.

    For a question that is right or wrong, this is the corrected point-biserial correlation. The interval is Fisher's.

    Args:
        item: the points of each learner, shape (learners,).
        rest: each learner's points of the other questions, likewise.

    Returns:
        From -1 to 1; None for fewer than ``FEWEST`` learners, or where one of the two doesn't vary.
    """
    if len(item) < FEWEST or _constant(item) or _constant(rest):
        return None
    r = float(np.clip(np.corrcoef(item, rest)[0, 1], -1, 1))
    if abs(r) == 1:
        return Estimate(r, r, r)
    centre, reach = math.atanh(r), _Z / math.sqrt(len(item) - 3)
    return Estimate(r, math.tanh(centre - reach), math.tanh(centre + reach))


def cronbach_alpha(points: NDArray[Any]) -> Estimate | None:
    """Return Cronbach's alpha: how far the questions measure one thing, as far as their correlations tell.

    The interval is Bonett's (2002).

    Args:
        points: shape (learners, questions).

    Returns:
        At most 1; None for fewer than ``FEWEST`` learners or two questions, or where no total differs from another.
    """
    learners, questions = points.shape
    if learners < FEWEST or questions < 2 or _constant(points.sum(axis=1)):
        return None
    shared = points.var(axis=0, ddof=1).sum() / points.sum(axis=1).var(ddof=1)
    alpha = float(questions / (questions - 1) * (1 - shared))
    if alpha >= 1:
        return Estimate(1.0, 1.0, 1.0)
    reach = _Z * math.sqrt(2 * questions / ((questions - 1) * (learners - 2)))
    return Estimate(alpha, 1 - (1 - alpha) * math.exp(reach), 1 - (1 - alpha) * math.exp(-reach))


def _constant(values: NDArray[Any]) -> bool:
    return bool(np.ptp(values) < 1e-9)
