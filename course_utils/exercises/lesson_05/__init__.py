"""The exercises of lesson 05: catastrophic forgetting."""

from course_utils.exercises.lesson_05.damage_by_block import DamageByBlock
from course_utils.exercises.lesson_05.forgetting_numbers import ForgettingNumbers
from course_utils.exercises.lesson_05.l2_sp_penalty import L2SPPenalty

EXERCISES = (ForgettingNumbers(), DamageByBlock(), L2SPPenalty())
