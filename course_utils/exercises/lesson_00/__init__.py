"""The exercise of lesson 00, which shows how exercises work."""

from course_utils.exercises.lesson_00.times_guessing import TimesGuessing

EXERCISES = (TimesGuessing(),)
