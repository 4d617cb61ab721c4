"""The exercises of lesson 04: how deep, and how fast."""

from course_utils.exercises.lesson_04.one_block_more import OneBlockMore
from course_utils.exercises.lesson_04.rate_choice import RateChoice
from course_utils.exercises.lesson_04.training_budget import TrainingBudget

EXERCISES = (OneBlockMore(), RateChoice(), TrainingBudget())
