"""Every objective of a lesson is practised, and every misconception is caught."""

from collections.abc import Iterator

from course_utils.authoring.gates.subject import Finding, Subject


def objectives_are_practised(subject: Subject) -> Iterator[Finding]:
    """Every objective names quick checks or exercises that exist, and each of those serves an objective."""
    yield from _unknown(subject, "objectives", "practised_by")
    served = {id for entry in subject.front_matter.objectives for id in entry.practised_by}
    for id in subject.ids:
        if id not in served:
            what = "it serves no objective. Add it to practised_by of one in the front matter, or leave it out."
            yield subject.finding(id, what)


def misconceptions_are_caught(subject: Subject) -> Iterator[Finding]:
    """Every misconception names quick checks or exercises that exist; an exercise has a message that answers it."""
    yield from _unknown(subject, "misconceptions", "caught_by")
    known = {misconception.id for misconception in subject.front_matter.misconceptions}
    for misconception in subject.front_matter.misconceptions:
        for id in set(misconception.caught_by) & subject.answered.keys():
            if misconception.id not in subject.answered[id]:
                what = f'none of its messages names the misconception "{misconception.id}". Link one in messages.toml.'
                yield subject.finding(id, what)
    for id, answered in subject.answered.items():
        for unknown in sorted(answered - known):
            what = f'a message names the misconception "{unknown}"; the front matter has: {", ".join(sorted(known))}.'
            yield subject.finding(id, what)


def _unknown(subject: Subject, field: str, by: str) -> Iterator[Finding]:
    for number, entry in enumerate(getattr(subject.front_matter, field), 1):
        for id in getattr(entry, by):
            if id not in subject.ids:
                what = f'it names "{id}", which the lesson does not have. It has: {", ".join(subject.ids)}.'
                yield subject.finding(f"{field} {number} ({entry.text})", what)
