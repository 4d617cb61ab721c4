"""The exercises of lesson 12: hyperparameters."""

from course_utils.exercises.lesson_12.drawn_rates import DrawnRates
from course_utils.exercises.lesson_12.honest_halving import HonestHalving
from course_utils.exercises.lesson_12.paired_seeds import PairedSeeds

EXERCISES = (DrawnRates(), HonestHalving(), PairedSeeds())
