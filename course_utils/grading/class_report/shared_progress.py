"""What learners have shared of their own records: a progress file beside the notebook, if they have handed it in.

Anyone can edit such a file, so it earns and costs nothing, and only medians of it are shown.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from course_utils.grading.submissions import UnreadableSubmissionError, read_bounded
from course_utils.learn import progress

NAMES = (".course_progress.json", "course_progress.json")  # the second for those whose file browser hides the first
_MOST = 1000  # attempts, or hints


class Effort(NamedTuple):
    """What a learner's record says of one exercise or question: attempts, hints seen, and whether the solution was."""

    attempts: int
    hints: int
    solution: bool


def read_shared_progress(submitted: Path, learner: str, lesson: str, ids: Iterable[str]) -> dict[str, Effort] | None:
    """Return the effort for each of ``ids`` that was tried; None if the learner shares no record that can be read."""
    for name in NAMES:
        try:
            text = read_bounded(submitted, (learner, lesson, name), progress.LARGEST)
            _, record = progress.read_record(text)
        except (OSError, UnreadableSubmissionError, progress.NoRecordError):
            continue
        tried = {id: _effort(record, id) for id in ids if id in record["checks"]}
        return {id: effort for id, effort in tried.items() if effort.attempts}
    return None


def _effort(record: Mapping[str, Mapping[str, Mapping[str, Any]]], id: str) -> Effort:
    def count(part: str, name: str) -> int:
        return min(int(progress.number(record[part].get(id, {}).get(name))), _MOST)

    return Effort(
        count("checks", "attempts"), count("hints", "seen"), record["solutions"].get(id, {}).get("seen") is True
    )
