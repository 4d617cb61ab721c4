"""The exercises of lesson 01: what the layers learned."""

from course_utils.exercises.lesson_01.block_choice import BlockChoice
from course_utils.exercises.lesson_01.extractor import LayerExtractor
from course_utils.exercises.lesson_01.honest_probe import HonestProbe
from course_utils.exercises.lesson_01.selectivity import OrientationSelectivity

EXERCISES = (OrientationSelectivity(), LayerExtractor(), HonestProbe(), BlockChoice())
