"""The sample of a day's run: where one run can't cover every combination, the date decides which ones run.

This keeps CI from growing as fast as the course, and everything runs within days. ``COURSE_DAY`` (such as 2030-01-02)
draws another day's sample; with ``COURSE_WHOLE_MATRIX`` nothing is sampled.
"""

import os
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

T = TypeVar("T")

# All processes of a run have the same day, even past midnight.
DAY = os.environ.setdefault("COURSE_DAY", date.today().isoformat())
WHOLE = "COURSE_WHOLE_MATRIX" in os.environ
OTHER_DAY = "drawn on another day (COURSE_DAY); COURSE_WHOLE_MATRIX runs everything"


def drawn(what: str, among: Sequence[T], count: int) -> list[T]:
    """Return ``count`` of them in their order, drawn by the day; each ``what`` is drawn independently."""
    if WHOLE or count >= len(among):
        return list(among)
    chosen = set(Random(f"{DAY} {what}").sample(range(len(among)), count))
    return [item for number, item in enumerate(among) if number in chosen]
