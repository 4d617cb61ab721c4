"""Percentages in a lesson's text: measured ones are computed by a cell, and only the others may be typed."""

import re
from collections.abc import Iterator

from course_utils.authoring.gates.subject import Finding, Subject

_NOT_PROSE = re.compile(r"^(```|~~~).*?^\1|`[^`]*`|\]\([^)]*\)", re.MULTILINE | re.DOTALL)
_PERCENTAGE = re.compile(r"\d[\d.,]*\s?%|\d[\d.,]*\s(?:percentage )?points?\b")


def numbers_are_measured(subject: Subject) -> Iterator[Finding]:
    """No percentage is typed into the text, but for those that the front matter lists because nothing measures them."""
    typed = {cell.id: _percentages(cell.source) for cell in subject.pages()}
    given = set(subject.front_matter.given)
    for cell_id, numbers in typed.items():
        for number in numbers:
            if number not in given:
                what = f"{number!r} is typed into the text. Compute it, or add it to given in the front matter."
                yield subject.finding(cell_id, what)
    for number in sorted(given - {number for numbers in typed.values() for number in numbers}):
        yield subject.finding("given in the front matter", f"{number!r} is not in the text. Take it out.")


def _percentages(text: str) -> list[str]:
    return [" ".join(found.split()) for found in _PERCENTAGE.findall(_NOT_PROSE.sub(" ", text))]
