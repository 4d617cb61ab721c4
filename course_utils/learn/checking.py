"""The learner's side of a lesson: check an answer, ask for a hint."""

from dataclasses import replace
from functools import partial
from typing import Any

from course_utils.learn import progress
from course_utils.learn.catalogue import find
from course_utils.learn.exercise import Exercise
from course_utils.learn.knowledge_checks import KnowledgeQuestion
from course_utils.learn.progress_cards import knowledge_so_far, points_so_far
from course_utils.learn.quick_checks import Question
from course_utils.learn.result import Operable, Result
from course_utils.learn.show import Block, Card, Items, Message, Paragraph


def check(id: str, answer: Any = None, *, seed: int = 0) -> Result:
    """Check an answer and return the result, which shows itself.

    ``check("02.q1", "b")`` answers a quick check (letters, a number, or several numbers);
    ``check("02.e1", build_frozen)`` checks an exercise by calling the function. ``None`` means not answered
    yet. An exercise's inputs are drawn from ``seed``: hidden tests use seeds that the learner has not seen. Raises
    CourseError for an id that the lesson doesn't have, but never for what an answer does.
    """
    found = find(id)
    result = _noted(found, answer, seed)
    if result.outcome == "unattempted" and isinstance(found, Question) and not isinstance(found, KnowledgeQuestion):
        return replace(result, form=partial(_form, found))
    return result


def _noted(found: Question | Exercise, answer: Any, seed: int = 0) -> Result:
    """Check an answer, and record an attempt."""
    result = found.check(answer, seed) if isinstance(found, Exercise) else found.check(answer)
    if result.outcome == "unattempted":
        return result
    note = progress.update(lambda record: note_attempt(record, result))
    record, _ = progress.load()
    lesson = result.id.partition(".")[0]
    so_far = knowledge_so_far if isinstance(found, KnowledgeQuestion) else points_so_far
    return replace(result, note=note, so_far=so_far(record, lesson))


def _form(question: Question) -> Operable:
    from course_utils.learn.answer_form import AnswerForm, AnswerForms  # imports widgets: only where they can be used

    return AnswerForms([AnswerForm(question, partial(_noted, question))])


def hint(id: str) -> Message:
    """Show the hints of an exercise, one more with each call."""
    exercise = find(id)
    id = exercise.id
    if not isinstance(exercise, Exercise):
        words = "A question has no hints: each choice explains itself, and you may try as often as you like."
        return Message(Card(f"Hint for {id}", [Paragraph(words)]))
    steps = exercise.words.hints
    record, _ = progress.load()
    seen = int(progress.number(record["hints"].get(id, {}).get("seen")))
    shown = min(seen + 1, len(steps))
    note = progress.update(partial(_note_hint, id=id, shown=shown))
    last = f'That was the last hint. `learn.solution("{id}")` shows one way to do it.'
    more = last if shown == len(steps) else "Run the cell again for the next one."
    blocks: list[Block] = [
        Items([(f"{number}.", step) for number, step in enumerate(steps[:shown], 1)]),
        Paragraph(more, quiet=True),
    ]
    return Message(Card(f"Hint {shown} of {len(steps)} for {id}", blocks, note=note))


def _note_hint(record: dict[str, Any], id: str, shown: int) -> None:
    record["hints"][id] = {"seen": shown}
    progress.note_moment(record, id)


def note_attempt(record: dict[str, Any], result: Result) -> None:
    """Count the attempt, and keep the best outcome: trying again never costs anything.

    ``last`` numbers the attempts across all lessons, so that no clock decides what was seen
    longest ago; ``missed`` stays true until the first answer in a review is right.
    """
    checks = record["checks"]
    last = 1 + max((progress.number(entry.get("last")) for entry in checks.values()), default=0)
    entry = checks.get(result.id, {})
    if result.points >= progress.number(entry.get("points")):
        entry = {**entry, "points": result.points, "outcome": result.outcome}
    checks[result.id] = {
        **entry,
        "attempts": int(progress.number(entry.get("attempts"))) + 1,
        "last": int(last),
        "missed": entry.get("missed") is True or result.outcome in ("wrong", "partly"),
    }
    progress.note_moment(record, result.id)
