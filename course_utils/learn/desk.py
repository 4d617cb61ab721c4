"""The learner's side of a lesson: check an answer, ask for a hint, see what is done."""

from dataclasses import replace
from functools import cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from course_utils.errors import CourseError
from course_utils.learn import progress
from course_utils.learn.exercise import Exercise
from course_utils.learn.quick_checks import Question, load_questions
from course_utils.learn.result import Result
from course_utils.learn.show import Bars, Block, Card, Items, Message, Paragraph

if TYPE_CHECKING:
    from ipywidgets import DOMWidget


def check(id: str, answer: Any = None) -> Result:
    """Check an answer and return the result, which shows itself.

    ``check("02.q1", "b")`` answers a quick check (letters, a number, or several numbers);
    ``check("02.e1", build_frozen)`` checks an exercise by calling the function. ``None`` means not answered
    yet. Raises CourseError for an id that the lesson doesn't have; never for what an answer does.
    """
    found = _find(id)
    result = _noted(found, answer)
    if result.outcome == "unattempted" and isinstance(found, Question):
        return replace(result, form=partial(_form, found))
    return result


def _noted(found: Question | Exercise, answer: Any) -> Result:
    """Check an answer, and write an attempt down."""
    result = found.check(answer)
    if result.outcome == "unattempted":
        return result
    return replace(result, note=progress.update(lambda record: _note_check(record, result)))


def _form(question: Question) -> "DOMWidget":
    from course_utils.learn.answer_form import answer_form  # widgets only where there is somebody to use them

    return answer_form(question, partial(_noted, question))


def hint(id: str) -> Message:
    """Show the hints of an exercise so far, one more with each call."""
    exercise = _find(id)
    if not isinstance(exercise, Exercise):
        words = "A quick check has no hints: each choice explains itself, and you may try as often as you like."
        return Message(Card(f"Hint for {id}", [Paragraph(words)]))
    steps = exercise.hints
    record, _ = progress.load()
    seen = record["hints"].get(id, {}).get("seen", 0)
    shown = min(seen + 1 if isinstance(seen, int) and seen >= 0 else 1, len(steps))
    note = progress.update(lambda record: record["hints"].__setitem__(id, {"seen": shown}))
    more = "That was the last hint." if shown == len(steps) else f'Run `hint("{id}")` again for the next one.'
    blocks: list[Block] = [
        Items([(f"{number}.", step) for number, step in enumerate(steps[:shown], 1)]),
        Paragraph(more, quiet=True),
    ]
    return Message(Card(f"Hint {shown} of {len(steps)} for {id}", blocks, note=note))


def progress_card(lesson: str) -> Message:
    """What is done in a lesson ("02"): quick checks, exercises, points, and how the predictions went."""
    exercises, questions = load_exercises(lesson), load_questions(lesson)
    if not exercises and not questions:
        raise CourseError(f'There is no lesson "{lesson}" with checks; a lesson is named by its number, such as "02".')
    record, note = progress.load()
    done = record["checks"]
    rows: list[tuple[str, str, float | None]] = []
    for name, ids in (("quick checks", list(questions)), ("exercises", list(exercises))):
        if ids:
            passed = sum(done.get(id, {}).get("outcome") == "passed" for id in ids)
            rows.append((name, f"{passed} of {len(ids)} right", passed / len(ids)))
    worth = {id: exercise.points for id, exercise in exercises.items()} | dict.fromkeys(questions, 1.0)
    earned = sum(min(_number(done.get(id, {}).get("points")), worth[id]) for id in worth)
    rows.append(("points", f"{earned:g} of {sum(worth.values()):g}", earned / sum(worth.values())))
    blocks: list[Block] = [Bars("Done so far", rows)]
    open_ids = [id for id in worth if id in done and done[id].get("outcome") != "passed"]
    if open_ids:
        blocks.append(Paragraph(f"Worth another look: {', '.join(open_ids)}."))
    guesses = [entry for id, entry in record["predictions"].items() if id.startswith(f"{lesson}.")]
    if guesses:
        seen = sum(entry.get("measured") is not None for entry in guesses)
        blocks.append(Paragraph(f"Predictions: {len(guesses)} written down, {seen} compared with the measurement."))
    return Message(Card(f"Your progress in lesson {lesson}", blocks, note=note))


@cache
def load_exercises(lesson: str) -> dict[str, Exercise]:
    """The exercises of a lesson ("02"), by id and in order; empty when the lesson has none."""
    module = f"course_utils.learn.exercises.lesson_{lesson}"
    if not lesson.isalnum() or find_spec(module) is None:
        return {}
    return {exercise.id: exercise for exercise in import_module(module).EXERCISES}


def _find(id: str) -> Question | Exercise:
    lesson = str(id).partition(".")[0]
    questions = load_questions(lesson, progress.learner()) if lesson.isdigit() else {}
    if id in questions:  # at once: the exercises' checkers take a while to import
        return questions[id]
    exercises = load_exercises(lesson) if lesson.isdigit() else {}
    if id in exercises:
        return exercises[id]
    known = [*questions, *exercises]
    if known:
        raise CourseError(f'Lesson {lesson} has no "{id}". It has: {", ".join(known)}.')
    raise CourseError(f'There is no "{id}": an id looks like "02.q1" (a quick check) or "02.e1" (an exercise).')


def _note_check(record: dict[str, Any], result: Result) -> None:
    """Count the attempt, and keep the best outcome: trying again never costs anything."""
    entry = record["checks"].get(result.id, {})
    best = _number(entry.get("points"))
    if result.points >= best:
        entry = {**entry, "points": result.points, "outcome": result.outcome}
    record["checks"][result.id] = {**entry, "attempts": int(_number(entry.get("attempts"))) + 1}


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and value == value else 0.0
