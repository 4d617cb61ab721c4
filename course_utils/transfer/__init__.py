"""Reusing a network: freezing, cached features, probes, training sessions and label budgets."""

from course_utils.transfer.budgets import (
    band,
    features_of,
    few_rows,
    label_efficiency,
    probe_accuracy,
    scratch_accuracy,
    scratch_model,
)
from course_utils.transfer.features import extract_features, linear_probe
from course_utils.transfer.freezing import freeze, trainable_summary, unfreeze_top
from course_utils.transfer.recordings import recorded_scratch
from course_utils.transfer.sessions import Event, Run, Session, shift_and_flip, train

__all__ = [
    "Event",
    "Run",
    "Session",
    "band",
    "extract_features",
    "features_of",
    "few_rows",
    "freeze",
    "label_efficiency",
    "linear_probe",
    "probe_accuracy",
    "recorded_scratch",
    "scratch_accuracy",
    "scratch_model",
    "shift_and_flip",
    "train",
    "trainable_summary",
    "unfreeze_top",
]
