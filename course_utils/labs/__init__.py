"""Labs: experiments that the learner drives. Each is one line in a lesson."""

from course_utils.labs.label_budget import label_budget

__all__ = ["label_budget"]
