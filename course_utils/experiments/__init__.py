"""Experiments that lessons show, labs replay and ``course record`` measures: what is compared, and how."""

from course_utils.experiments.bag_of_words import bag_of_words
from course_utils.experiments.budgets import (
    band,
    features_of,
    label_efficiency,
    probe_accuracy,
    probe_on_views,
    scratch_accuracy,
    scratch_model,
    scratch_session,
)
from course_utils.experiments.comparisons import efficiency, probe_rows
from course_utils.experiments.equal_effort import tuned_fine_tuning, tuned_scratch
from course_utils.experiments.fair_front import at_equal_target, on_own_front
from course_utils.experiments.finetuning import FineTuning, Recipe
from course_utils.experiments.grid import GRID_TASKS, HELD_OUT_TASKS, GridCell, grid_cells, strategy_rows
from course_utils.experiments.one_standard_error import choose_block
from course_utils.experiments.pitfalls import coin_flip_patches, features_in_training_mode
from course_utils.experiments.ranks import held_by
from course_utils.experiments.recordings import recorded, recorded_scratch
from course_utils.experiments.remedies import LORA_RANK, RATES, REMEDIES, remedy
from course_utils.experiments.searches import SEARCHES, Sweep, halving_rounds, winner
from course_utils.experiments.sequences import TasksInARow
from course_utils.experiments.sound_features import as_pictures, log_mel_features, log_mels, sounding_parts
from course_utils.experiments.sound_scratch import shifted_and_masked, train_sound_cnn
from course_utils.experiments.sound_tuning import SoundTuning
from course_utils.experiments.strategies import STRATEGIES, Strategies
from course_utils.experiments.summaries import (
    at_best_rate,
    gain,
    mean_over_seeds,
    rank_correlation,
    wilson_interval,
)
from course_utils.experiments.sweeps import CHECKPOINTS, SWEEP_GRID, Hyperparameters, measure_setting
from course_utils.experiments.text_tuning import TextRecipe, TextTuning

__all__ = [
    "CHECKPOINTS",
    "GRID_TASKS",
    "HELD_OUT_TASKS",
    "LORA_RANK",
    "RATES",
    "REMEDIES",
    "SEARCHES",
    "STRATEGIES",
    "SWEEP_GRID",
    "FineTuning",
    "GridCell",
    "Hyperparameters",
    "Recipe",
    "SoundTuning",
    "Strategies",
    "Sweep",
    "TasksInARow",
    "TextRecipe",
    "TextTuning",
    "as_pictures",
    "at_best_rate",
    "at_equal_target",
    "bag_of_words",
    "band",
    "choose_block",
    "coin_flip_patches",
    "efficiency",
    "features_in_training_mode",
    "features_of",
    "gain",
    "grid_cells",
    "halving_rounds",
    "held_by",
    "label_efficiency",
    "log_mel_features",
    "log_mels",
    "mean_over_seeds",
    "measure_setting",
    "on_own_front",
    "probe_accuracy",
    "probe_on_views",
    "probe_rows",
    "rank_correlation",
    "recorded",
    "recorded_scratch",
    "remedy",
    "scratch_accuracy",
    "scratch_model",
    "scratch_session",
    "shifted_and_masked",
    "sounding_parts",
    "strategy_rows",
    "train_sound_cnn",
    "tuned_fine_tuning",
    "tuned_scratch",
    "wilson_interval",
    "winner",
]
