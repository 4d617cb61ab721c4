"""From a folder of one's own pictures to a model that one would show: what ``course adapt`` does."""

from course_utils.adapting.exporting import Export, export_model
from course_utils.adapting.folder_task import FolderTask
from course_utils.adapting.learning import TuningSettings
from course_utils.adapting.making import adapt
from course_utils.adapting.measuring import (
    Interval,
    at_temperature,
    best_temperature,
    expected_calibration_error,
    predict_accuracy,
    reliability,
    temperature_that_pays,
)
from course_utils.adapting.picture_task import open_folder
from course_utils.adapting.tune_folder import tune

__all__ = [
    "Export",
    "FolderTask",
    "Interval",
    "TuningSettings",
    "adapt",
    "at_temperature",
    "best_temperature",
    "expected_calibration_error",
    "export_model",
    "open_folder",
    "predict_accuracy",
    "reliability",
    "temperature_that_pays",
    "tune",
]
