"""Labs: experiments that the learner drives. Each is one line in a lesson."""

from course_utils.labs.label_budget import label_budget
from course_utils.labs.microscope import microscope

__all__ = ["label_budget", "microscope"]
