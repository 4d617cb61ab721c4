"""The exercises of lesson 10: fine-tune or retrieve?"""

from course_utils.exercises.lesson_10.nearest_passages import NearestPassages
from course_utils.exercises.lesson_10.refusal_limit import RefusalLimit
from course_utils.exercises.lesson_10.tuesdays_update import TuesdaysUpdate

EXERCISES = (NearestPassages(), TuesdaysUpdate(), RefusalLimit())
