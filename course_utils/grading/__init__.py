"""Class folders for instructors, and the names that a class folder's settings may import."""

from course_utils.authoring.build import CODE_STUB
from course_utils.grading.rubrics import HideRubrics, ShowRubrics
from course_utils.grading.set_parameters import SetParameters

__all__ = ["CODE_STUB", "HideRubrics", "SetParameters", "ShowRubrics"]
