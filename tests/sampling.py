"""What a day's run samples: where one run can't hold every combination, the date draws which are run.

So CI grows slower than the course, and within days everything is run. ``COURSE_DAY`` (such as 2030-01-02) draws another
day's; with ``COURSE_WHOLE_MATRIX`` nothing is sampled.
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
    """``count`` of them, in their order, drawn by the day; ``what`` they are draws apart from the others."""
    if WHOLE or count >= len(among):
        return list(among)
    chosen = set(Random(f"{DAY} {what}").sample(range(len(among)), count))
    return [item for number, item in enumerate(among) if number in chosen]
