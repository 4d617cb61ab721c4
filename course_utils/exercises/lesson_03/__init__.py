"""The exercises of lesson 03: fine-tuning."""

from course_utils.exercises.lesson_03.silent_mistakes import SilentMistakes
from course_utils.exercises.lesson_03.thawing import Thawing
from course_utils.exercises.lesson_03.two_speeds import TwoSpeeds

EXERCISES = (Thawing(), TwoSpeeds(), SilentMistakes())
