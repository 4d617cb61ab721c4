"""What a lesson promises is practised, and what its learners may believe wrongly is caught."""

from collections.abc import Iterator

from course_utils.authoring.gates.subject import Finding, Subject


def objectives_are_practised(subject: Subject) -> Iterator[Finding]:
    """Every objective names quick checks or exercises that exist, and each of those serves an objective."""
    yield from _unknown(subject, "objectives", "practised_by")
    served = {id for entry in subject.front_matter["objectives"] for id in entry["practised_by"]}
    for id in subject.ids:
        if id not in served:
            what = "it serves no objective. Add it to practised_by of one in the front matter, or leave it out."
            yield subject.finding(id, what)


def misconceptions_are_caught(subject: Subject) -> Iterator[Finding]:
    """Every misconception names quick checks or exercises that exist and have a wrong answer for it."""
    return _unknown(subject, "misconceptions", "caught_by")


def _unknown(subject: Subject, field: str, by: str) -> Iterator[Finding]:
    for number, entry in enumerate(subject.front_matter[field], 1):
        for id in entry[by]:
            if id not in subject.ids:
                what = f'it names "{id}", which the lesson does not have. It has: {", ".join(subject.ids)}.'
                yield subject.finding(f"{field} {number} ({entry['text']})", what)
