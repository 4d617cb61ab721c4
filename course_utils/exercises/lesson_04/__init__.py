"""The exercises of lesson 04: catastrophic forgetting."""

from course_utils.exercises.lesson_04.forgetting_numbers import ForgettingNumbers
from course_utils.exercises.lesson_04.l2_sp_penalty import L2SPPenalty
from course_utils.exercises.lesson_04.rehearsal_batches import RehearsalBatches
from course_utils.exercises.lesson_04.two_demands import TwoDemands

EXERCISES = (ForgettingNumbers(), RehearsalBatches(), L2SPPenalty(), TwoDemands())
