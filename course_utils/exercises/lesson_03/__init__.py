"""The exercises of lesson 03: fine-tuning."""

from course_utils.exercises.lesson_03.silent_mistakes import SilentMistakes
from course_utils.exercises.lesson_03.two_speeds import TwoSpeeds
from course_utils.exercises.lesson_03.unfreezing import Unfreezing

EXERCISES = (Unfreezing(), TwoSpeeds(), SilentMistakes())
