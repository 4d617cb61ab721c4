"""How much a lesson asks of a learner at once: cells, words, lines of code, minutes and new terms."""

import ast
import re
from collections.abc import Iterator

from course_utils.authoring.gates.reading import words
from course_utils.authoring.gates.subject import Finding, Subject

MOST_CELLS, MOST_WORDS, MOST_MINUTES, MOST_LINES, MOST_TERMS = 80, 2500, 45, 12, 8


def lesson_is_short_enough(subject: Subject) -> Iterator[Finding]:
    """A lesson keeps to its limits of cells (its knowledge check aside), words and minutes."""
    counted = (
        ("cells", len(subject.learner.cells) - _knowledge_check(subject), MOST_CELLS),
        ("words", words(subject), MOST_WORDS),
        ("minutes", subject.front_matter.minutes, MOST_MINUTES),
    )
    for name, number, most in counted:
        if number > most:
            yield subject.finding(
                "its length", f"it has {number} {name}, and {most} are the most. Cut it, or split it."
            )


def cells_are_short_enough(subject: Subject) -> Iterator[Finding]:
    """A code cell has few enough lines to see the one that matters; imports and answers are as long as they are."""
    for cell in subject.learner.cells:
        if cell.cell_type != "code" or "nbgrader" in cell.metadata:
            continue
        if (lines := _lines(cell.source)) > MOST_LINES:
            what = f"it has {lines} lines of code, and {MOST_LINES} are the most. Split it, or move the plumbing."
            yield subject.finding(cell.id, what)


def terms_are_introduced(subject: Subject) -> Iterator[Finding]:
    """The front matter names the lesson's new terms, few enough to keep, and the text sets each in bold."""
    terms = subject.front_matter.terms
    if len(terms) > MOST_TERMS:
        yield subject.finding("its terms", f"it has {len(terms)} new terms, and {MOST_TERMS} are the most. Drop some.")
    text = " ".join(" ".join(cell.source.split()) for cell in subject.pages()).casefold()
    for term in terms:
        if not re.search(rf"\*\*(\d+\. )?{re.escape(term.casefold())}\w*[.:]?\*\*", text):
            yield subject.finding("its terms", f"{term!r} is never in bold. Write **{term}** where it is explained.")


def _knowledge_check(subject: Subject) -> int:
    """Count the cells of the knowledge check: its text, the one that shows it, and an answer and a mark for each."""
    return 2 + 2 * len(subject.knowledge_check) if subject.knowledge_check else 0


def _lines(source: str) -> int:
    """Count the lines of a cell that are neither blank nor part of an import."""
    imports = [s for s in ast.parse(source).body if isinstance(s, ast.Import | ast.ImportFrom)]
    imported = {line for s in imports for line in range(s.lineno, (s.end_lineno or s.lineno) + 1)}
    return sum(bool(text.strip()) and line not in imported for line, text in enumerate(source.splitlines(), start=1))
