"""How far a learner has come, in one lesson and in the whole course."""

from dataclasses import dataclass
from typing import Any

from course_utils.errors import CourseError
from course_utils.learn import progress
from course_utils.learn.catalogue import lessons, load_exercises
from course_utils.learn.knowledge_checks import load_knowledge_check
from course_utils.learn.predictions import surprises
from course_utils.learn.quick_checks import load_questions
from course_utils.learn.show import Bars, Block, Card, Items, Message, Paragraph


@dataclass(frozen=True)
class Tally:
    """What the record says about some quick checks and exercises. ``revisit``: tried, but not yet right."""

    passed: int
    number: int
    points: float
    worth: float
    revisit: tuple[str, ...]


def tally(record: dict[str, Any], worth: dict[str, float]) -> Tally:
    """Sum up the record for the ids in ``worth``, which says how many points each can earn."""
    done = record["checks"]
    passed = sum(done.get(id, {}).get("outcome") == "passed" for id in worth)
    points = sum(min(progress.number(done.get(id, {}).get("points")), worth[id]) for id in worth)
    revisit = tuple(id for id in worth if id in done and done[id].get("outcome") != "passed")
    return Tally(passed, len(worth), points, sum(worth.values()), revisit)


def tallies(record: dict[str, Any], lesson: str) -> dict[str, Tally]:
    """Sum up the quick checks and the exercises of a lesson ("02"), by ``quick checks`` and ``exercises``."""
    questions = dict.fromkeys(load_questions(lesson), 1.0)
    exercises = {id: exercise.points for id, exercise in load_exercises(lesson).items()}
    return {"quick checks": tally(record, questions), "exercises": tally(record, exercises)}


def knowledge_tally(record: dict[str, Any], lesson: str) -> Tally | None:
    """Sum up the knowledge check of a lesson; None where nothing is known of it: in a class it is marked elsewhere."""
    marks = _marks(lesson)
    return tally(record, marks) if record["checks"].keys() & marks.keys() else None


def points_so_far(record: dict[str, Any], lesson: str) -> str:
    """Return the line below a verdict: "7 of 12 points in lesson 02"."""
    now = tally(record, _worth(lesson))
    return f"{now.points:g} of {now.worth:g} points in lesson {lesson}"


def knowledge_so_far(record: dict[str, Any], lesson: str) -> str:
    """Return the line below a verdict of the knowledge check: "3 of 6 points in the knowledge check"."""
    now = tally(record, _marks(lesson))
    return f"{now.points:g} of {now.worth:g} points in the knowledge check"


def progress_card(lesson: str) -> Message:
    """Show what is done in a lesson ("02"): quick checks, exercises, points, and how the predictions went."""
    if lesson not in lessons():
        raise CourseError(
            f"There is no lesson {lesson!r}: a lesson is named by its number in quotation marks, "
            f"and the lessons are {', '.join(lessons())}."
        )
    record, note = progress.load()
    rows: list[tuple[str, str, float | None]] = []
    for name, part in tallies(record, lesson).items():
        if part.number:
            rows.append((name, f"{part.passed} of {part.number} right", part.passed / part.number))
    if now := knowledge_tally(record, lesson):
        rows.append(("knowledge check", f"{now.passed} of {now.number} right", now.points / now.worth))
    whole = tally(record, _worth(lesson))
    rows.append(("points", f"{whole.points:g} of {whole.worth:g}", whole.points / whole.worth))
    blocks: list[Block] = [Bars("Done so far", rows)]
    if whole.revisit:
        blocks.append(Paragraph(f"Worth another look: {', '.join(whole.revisit)}."))
    guesses = [entry for id, entry in record["predictions"].items() if id.startswith(f"{lesson}.")]
    if guesses:
        seen = sum(entry.get("measured") is not None for entry in guesses)
        blocks.append(Paragraph(f"Predictions: {len(guesses)} written down, {seen} compared with the measurement."))
    return Message(Card(f"Your progress in lesson {lesson}", blocks, note=note))


def overview() -> Message:
    """Show the whole course on one card: what is done, what to revisit, and which predictions were off."""
    record, note = progress.load()
    tallies = {f"lesson {lesson}": tally(record, _worth(lesson)) for lesson in lessons()}
    rows = [
        (name, f"{now.passed} of {now.number} done, {now.points:g} of {now.worth:g} points", now.points / now.worth)
        for name, now in tallies.items()
    ]
    blocks: list[Block] = [Bars("Done so far", rows)]
    revisit = [id for now in tallies.values() for id in now.revisit]
    if revisit:
        blocks.append(Paragraph(f"Worth another look: {', '.join(revisit)}."))
    elif not record["checks"]:
        blocks.append(Paragraph("Nothing is answered yet. The first lesson is a good place to begin."))
    off = surprises(record)
    if off:
        blocks += [Paragraph("Predictions that were off, and so taught you most:"), Items(off)]
    return Message(Card("Your progress in the course", blocks, note=note))


def _worth(lesson: str) -> dict[str, float]:
    exercises = {id: exercise.points for id, exercise in load_exercises(lesson).items()}
    return dict.fromkeys(load_questions(lesson), 1.0) | exercises


def _marks(lesson: str) -> dict[str, float]:
    """Return the questions of the knowledge check, which counts apart from a lesson's points, at one point each."""
    return dict.fromkeys(load_knowledge_check(lesson), 1.0)
