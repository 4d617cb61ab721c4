"""Show how the grading of a class goes: a line for each submission, a bar with the time left, a table at the end."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from course_utils.cli.terminal import progress
from course_utils.grading.class_grading import GradedSubmission
from course_utils.grading.marks import BLANK, STATUSES
from course_utils.learn.evidence import bounded


def show(grading: Iterable[GradedSubmission], total: int) -> int:
    """Print each submission as it is graded, then how many answers of each question ended how.

    Args:
        total: how many submissions there are.

    Returns:
        How many of them a person must look at.
    """
    open_cases = 0
    statuses: dict[str, Counter[str]] = {}
    with progress("submissions") as tell:
        tell(0, total)
        for done, graded in enumerate(grading, 1):
            print(_line(graded), flush=True)
            for mark in graded.marks:
                statuses.setdefault(mark.id, Counter())[mark.status] += 1
            open_cases += needs_a_person(graded)
            counts = sum(statuses.values(), Counter())
            tell(done, total, said=", ".join(f"{count} {status}" for status, count in counts.most_common()))
    for line in _table(statuses):
        print(line)
    return open_cases


def show_as_json(grading: Iterable[GradedSubmission]) -> int:
    """Print each submission as a line of JSON; return how many of them a person must look at."""
    open_cases = 0
    for graded in grading:
        said = asdict(graded) | {"marks": [mark.model_dump() for mark in graded.marks]}
        print(json.dumps(said), flush=True)
        open_cases += needs_a_person(graded)
    return open_cases


def needs_a_person(graded: GradedSubmission) -> bool:
    """Whether a submission could not be read, or has an answer without points."""
    return not graded.marks or any(mark.status in BLANK for mark in graded.marks)


def _line(graded: GradedSubmission) -> str:
    points, worth = sum(mark.points or 0 for mark in graded.marks), sum(mark.worth for mark in graded.marks)
    total = f"{points:g} of {worth:g}" if graded.marks else "not read"
    counts = Counter(mark.status for mark in graded.marks)
    notes = [*(f"{count} {status}" for status, count in counts.items()), *graded.remarks]
    line = f"{bounded(graded.learner):24} {total:12} {'; '.join(notes)}"
    encoding = sys.stdout.encoding or "utf-8"  # a learner's name may have letters that this terminal hasn't
    return line.encode(encoding, "backslashreplace").decode(encoding)


def _table(statuses: dict[str, Counter[str]]) -> Iterator[str]:
    """Yield the lines of a table: a question a row, a status a column."""
    columns = [status for status in STATUSES if any(counts[status] for counts in statuses.values())]
    if not columns:
        return
    yield ""
    yield f"{'answers':8}" + "".join(f"  {status}" for status in columns)
    for id, counts in sorted(statuses.items()):
        yield f"{id:8}" + "".join(f"  {counts[status] or '':>{len(status)}}" for status in columns)
