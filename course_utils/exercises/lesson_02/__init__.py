"""The exercises of lesson 02: feature extraction."""

from course_utils.exercises.lesson_02.cached_features import CachedFeatures
from course_utils.exercises.lesson_02.frozen_model import FrozenModel
from course_utils.exercises.lesson_02.label_efficiency import LabelEfficiency
from course_utils.exercises.lesson_02.pipeline_faults import PipelineFaults

EXERCISES = (FrozenModel(), CachedFeatures(), LabelEfficiency(), PipelineFaults())
