"""The exercises of lesson 13: your own data."""

from course_utils.exercises.lesson_13.computed_card import ComputedCard
from course_utils.exercises.lesson_13.dealt_units import DealtUnits
from course_utils.exercises.lesson_13.whole_export import WholeExport

EXERCISES = (DealtUnits(), WholeExport(), ComputedCard())
