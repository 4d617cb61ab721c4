"""Classes: the folder that an instructor works in, and what its settings may import from here."""

from course_utils.authoring.build import CODE_STUB
from course_utils.grading.set_parameters import SetParameters

__all__ = ["CODE_STUB", "SetParameters"]
