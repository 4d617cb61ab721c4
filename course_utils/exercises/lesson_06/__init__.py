"""The exercises of lesson 06: keeping what you had."""

from course_utils.exercises.lesson_06.averaged_weights import AveragedWeights
from course_utils.exercises.lesson_06.rehearsal_batches import RehearsalBatches
from course_utils.exercises.lesson_06.two_demands import TwoDemands

EXERCISES = (RehearsalBatches(), AveragedWeights(), TwoDemands())
