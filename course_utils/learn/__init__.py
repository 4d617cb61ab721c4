"""Predictions, quick checks, exercises with hints, and the learner's own record of them."""

from course_utils.learn.desk import check, hint, progress_card
from course_utils.learn.predictions import predict, reveal
from course_utils.learn.result import Result

__all__ = ["Result", "check", "hint", "predict", "progress_card", "reveal"]
