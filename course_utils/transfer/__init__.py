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
from course_utils.transfer.freezing import backbone_of, freeze, layers_as_blocks, trainable_summary, unfreeze_top
from course_utils.transfer.gradual import gradual_unfreezing
from course_utils.transfer.learning_rates import LayerwiseAdamW, check_rate, discriminative_multipliers, warmup_cosine
from course_utils.transfer.range_test import rate_range_test, suggest_rate
from course_utils.transfer.recordings import recorded_scratch
from course_utils.transfer.sessions import Event, Run, Session, shift_and_flip, train

__all__ = [
    "Event",
    "LayerwiseAdamW",
    "Run",
    "Session",
    "backbone_of",
    "band",
    "check_rate",
    "discriminative_multipliers",
    "extract_features",
    "features_of",
    "few_rows",
    "freeze",
    "gradual_unfreezing",
    "label_efficiency",
    "layers_as_blocks",
    "linear_probe",
    "probe_accuracy",
    "rate_range_test",
    "recorded_scratch",
    "scratch_accuracy",
    "scratch_model",
    "shift_and_flip",
    "suggest_rate",
    "train",
    "trainable_summary",
    "unfreeze_top",
    "warmup_cosine",
]
