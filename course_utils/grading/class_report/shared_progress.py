"""What learners have shared of their own records: a progress file beside the notebook, if they have handed it in.

Anyone can edit such a file, so it earns and costs nothing, and only medians of it are shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from course_utils.grading.submissions import UnreadableSubmissionError, read_bounded
from course_utils.learn import progress

NAMES = (".course_progress.json", "course_progress.json")  # the second for those whose file browser hides the first
_MOST = 1000  # attempts, or hints
_PAUSE = 30 * 60  # seconds; after a longer silence, work is taken to begin again (as in Kovanović et al. 2015)


class Effort(NamedTuple):
    """What a learner's record says of one exercise or question: attempts, hints seen, and whether the solution was.

    ``minutes``: between what was checked or asked for before and its own attempts and hints; None if that isn't known.
    """

    attempts: int
    hints: int
    solution: bool
    minutes: float | None


def read_shared_progress(submitted: Path, learner: str, lesson: str, ids: Iterable[str]) -> dict[str, Effort] | None:
    """Return the effort for each of ``ids`` that was tried; None if the learner shares no record that can be read."""
    for name in NAMES:
        try:
            text = read_bounded(submitted, (learner, lesson, name), progress.LARGEST)
            _, record = progress.read_record(text)
        except (OSError, UnreadableSubmissionError, progress.NoRecordError):
            continue
        minutes = _minutes(record)
        tried = {id: _effort(record, id, minutes.get(id)) for id in ids if id in record["checks"]}
        return {id: effort for id, effort in tried.items() if effort.attempts}
    return None


def _minutes(record: Mapping[str, Any]) -> Mapping[str, float]:
    """Return the minutes spent on each id, all lessons taken together: the time before an event is time spent on it."""
    events = sorted((moment, id) for id in record["times"] for moment in progress.moments(record, id))
    spent: defaultdict[str, float] = defaultdict(float)
    for (before, _), (moment, id) in pairwise(events):
        if moment - before <= _PAUSE:
            spent[id] += (moment - before) / 60
    return spent


def _effort(record: Mapping[str, Mapping[str, Mapping[str, Any]]], id: str, minutes: float | None) -> Effort:
    def count(part: str, name: str) -> int:
        return min(int(progress.number(record[part].get(id, {}).get(name))), _MOST)

    solution = record["solutions"].get(id, {}).get("seen") is True
    return Effort(count("checks", "attempts"), count("hints", "seen"), solution, minutes)
