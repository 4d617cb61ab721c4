"""The mechanisms of reuse: freezing, features, heads, training sessions, rates, penalties, LoRA."""

from course_utils import former_names
from course_utils.transfer.averaging import average_weights
from course_utils.transfer.continual import average_accuracy, backward_transfer, forgetting
from course_utils.transfer.costs import training_multiplications
from course_utils.transfer.drift import relative_drift, weights_of
from course_utils.transfer.features import extract_features, linear_probe
from course_utils.transfer.fisher import diagonal_fisher
from course_utils.transfer.freezing import backbone_of, freeze, layers_as_blocks, trainable_summary, unfreeze_top
from course_utils.transfer.gradual import gradual_unfreezing
from course_utils.transfer.heads import TaskHeads, set_linear_head, with_head
from course_utils.transfer.learning_rates import LayerwiseAdamW, check_rate, discriminative_multipliers, warmup_cosine
from course_utils.transfer.lora import LoRA, add_lora, merge_lora
from course_utils.transfer.penalties import ewc, l2_sp, remove_penalty, set_strength
from course_utils.transfer.range_test import rate_range_test, suggest_rate
from course_utils.transfer.sessions import Event, Rehearsal, Run, Session, shift_and_flip, train

__all__ = [
    "Event",
    "LayerwiseAdamW",
    "LoRA",
    "Rehearsal",
    "Run",
    "Session",
    "TaskHeads",
    "add_lora",
    "average_accuracy",
    "average_weights",
    "backbone_of",
    "backward_transfer",
    "check_rate",
    "diagonal_fisher",
    "discriminative_multipliers",
    "ewc",
    "extract_features",
    "forgetting",
    "freeze",
    "gradual_unfreezing",
    "l2_sp",
    "layers_as_blocks",
    "linear_probe",
    "merge_lora",
    "rate_range_test",
    "relative_drift",
    "remove_penalty",
    "set_linear_head",
    "set_strength",
    "shift_and_flip",
    "suggest_rate",
    "train",
    "trainable_summary",
    "training_multiplications",
    "unfreeze_top",
    "warmup_cosine",
    "weights_of",
    "with_head",
]

__getattr__ = former_names.forwarding(__name__)
