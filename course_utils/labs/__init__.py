"""Labs: experiments that the learner drives. Each is one line in a lesson."""

from course_utils.labs.label_budget import label_budget
from course_utils.labs.microscope import microscope
from course_utils.labs.thermometer import forgetting_thermometer

__all__ = ["forgetting_thermometer", "label_budget", "microscope"]
