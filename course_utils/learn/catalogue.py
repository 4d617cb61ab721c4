"""The quick checks, exercises and knowledge checks of every lesson, by id."""

import pkgutil
from functools import cache
from importlib import import_module

from course_utils.errors import CourseError
from course_utils.learn import progress
from course_utils.learn.exercise import Exercise
from course_utils.learn.knowledge_checks import load_knowledge_check
from course_utils.learn.quick_checks import Question, load_questions
from course_utils.learn.renumbering import in_former_lesson, today

#: The package of the lessons' exercises. It is imported by its name because it depends on this package.
_EXERCISES = "course_utils.exercises"


@cache
def lessons() -> tuple[str, ...]:
    """Return the numbers of the lessons with exercises ("00", "01" ...), in order."""
    names = (module.name.partition("lesson_") for module in pkgutil.iter_modules(import_module(_EXERCISES).__path__))
    return tuple(sorted(number for _, found, number in names if found))


def exercises_of(id: str) -> str:
    """Return the name of the package that has the exercises of an id's lesson: "02.e1"."""
    return f"{_EXERCISES}.lesson_{id.partition('.')[0]}"


@cache
def load_exercises(lesson: str) -> dict[str, Exercise]:
    """Return the exercises of a lesson ("02"), by id and in order; empty when the lesson has none."""
    if lesson not in lessons():
        return {}
    module = import_module(exercises_of(lesson))
    return {exercise.id: exercise for exercise in module.EXERCISES}


def find(id: str) -> Question | Exercise:
    """Return the quick check, the exercise or the question of a knowledge check with that id.

    An id of earlier times stands for the one that was given to it since.

    Raises:
        CourseError: there is none; the message lists the lesson's ids.
    """
    if isinstance(id, str) and in_former_lesson():
        id = today(id)
    lesson = id.partition(".")[0] if isinstance(id, str) else ""
    if lesson not in lessons():
        raise CourseError(
            f'There is no {id!r}: an id looks like "02.q1" (a quick check) or "02.e1" (an exercise), '
            f"and the lessons are {', '.join(lessons())}."
        )
    learner = progress.learner()
    questions = load_questions(lesson, learner) | load_knowledge_check(lesson, learner)
    if id in questions:  # first, because the exercises take a while to import
        return questions[id]
    graded = load_exercises(lesson)
    if id in graded:
        return graded[id]
    if today(id) == id:
        raise CourseError(f'Lesson {lesson} has no "{id}". It has: {", ".join([*questions, *graded])}.')
    return find(today(id))
