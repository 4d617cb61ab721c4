"""Predictions, quick checks, exercises with hints, reviews, knowledge checks, and the learner's own record of them."""

from course_utils.learn.checking import check, hint
from course_utils.learn.class_questions import answered, marked
from course_utils.learn.covers import cover
from course_utils.learn.knowledge_checks import knowledge_check
from course_utils.learn.predictions import predict, reveal
from course_utils.learn.progress_cards import overview, progress_card
from course_utils.learn.progress_line import progress_line, with_progress
from course_utils.learn.reference import solution
from course_utils.learn.result import Result
from course_utils.learn.spaced_review import review

__all__ = [
    "Result",
    "answered",
    "check",
    "cover",
    "hint",
    "knowledge_check",
    "marked",
    "overview",
    "predict",
    "progress_card",
    "progress_line",
    "reveal",
    "review",
    "solution",
    "with_progress",
]
