"""The exercises of lesson 07: which strategy."""

from course_utils.exercises.lesson_07.cheapest_strategy import CheapestStrategy
from course_utils.exercises.lesson_07.harmful_budgets import HarmfulBudgets
from course_utils.exercises.lesson_07.own_advisor import OwnAdvisor

EXERCISES = (CheapestStrategy(), HarmfulBudgets(), OwnAdvisor())
