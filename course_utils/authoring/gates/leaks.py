"""Learners get the stub of each answer and no part of a solution, in any cell."""

from collections.abc import Iterator, Sequence

from course_utils.authoring.build import CODE_STUB
from course_utils.authoring.gates.subject import Finding, Subject

_SOLUTION = ("### BEGIN SOLUTION", "### END SOLUTION")
_HIDDEN_TESTS = ("### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS")


def stubs_stand_in_the_solution(subject: Subject) -> Iterator[Finding]:
    """Every line of a stub is a line of the source outside its solution, in the same order."""
    sources = {cell.id: cell.source for cell in subject.source.cells}
    for cell in subject.learner.cells:
        if not cell.metadata.get("nbgrader", {}).get("solution"):
            continue
        kept = iter(_lines(_outside(sources.get(cell.id, ""))))
        for line in _lines(cell.source):
            if line != CODE_STUB and line not in kept:  # "in" consumes the iterator, so the order counts
                what = f"its line {line!r} is not in the solution's source. Run: course build"
                yield subject.finding(cell.id, what)
                break


def nothing_is_given_away(subject: Subject) -> Iterator[Finding]:
    """No marker, solution, hidden test or output is left in what learners open."""
    secrets = [
        (cell.id, kind, lines)
        for cell in subject.source.cells
        for kind, markers in (("solution", _SOLUTION), ("hidden test", _HIDDEN_TESTS))
        for lines in _regions(cell.source, markers)
    ]
    for cell in subject.learner.cells:
        found = _lines(cell.source)
        if any(marker in cell.source for marker in (*_SOLUTION, *_HIDDEN_TESTS)):
            yield subject.finding(cell.id, "a marker of a solution or a hidden test is left in it. Run: course build")
        if cell.get("outputs"):
            yield subject.finding(cell.id, "learners get its output, which may hold an answer. Run: course build")
        for home, kind, lines in secrets:
            if _holds(found, lines):
                yield subject.finding(cell.id, f"it contains the {kind} of {home}. Remove it from this cell.")


def _lines(text: str) -> list[str]:
    """Return the lines that aren't blank, without their indentation."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _regions(text: str, markers: tuple[str, str]) -> list[list[str]]:
    """Return the lines between each pair of markers."""
    begin, end = markers
    return [_lines(part.partition(end)[0]) for part in text.split(begin)[1:]]


def _outside(text: str) -> str:
    """Return what a source cell holds outside its solutions."""
    begin, end = _SOLUTION
    first, *others = text.split(begin)
    return first + "".join(part.partition(end)[2] for part in others)


def _holds(lines: Sequence[str], part: Sequence[str]) -> bool:
    """Return whether ``part`` occurs in ``lines`` without a gap."""
    starts = range(len(lines) - len(part) + 1)
    return bool(part) and any(list(lines[start : start + len(part)]) == list(part) for start in starts)
