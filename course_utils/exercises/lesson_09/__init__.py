"""The exercises of lesson 09: small adapters."""

from course_utils.exercises.lesson_09.merged_kernels import MergedKernels
from course_utils.exercises.lesson_09.smallest_ranks import SmallestRanks
from course_utils.exercises.lesson_09.stacked_adapters import StackedAdapters

EXERCISES = (MergedKernels(), SmallestRanks(), StackedAdapters())
