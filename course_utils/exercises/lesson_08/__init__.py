"""The exercises of lesson 08: text."""

from course_utils.exercises.lesson_08.masked_tokens import MaskedTokens
from course_utils.exercises.lesson_08.pooled_states import PooledStates
from course_utils.exercises.lesson_08.text_in_budget import TextInBudget

EXERCISES = (PooledStates(), MaskedTokens(), TextInBudget())
