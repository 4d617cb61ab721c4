"""Figures: functions that turn data into a ``Picture``, which displays itself and describes itself in words."""

from course_utils.figures.charts import bars, label_budget, line_chart, probe_by_block, training_curves
from course_utils.figures.depth_rate import depth_rate_map
from course_utils.figures.diagrams import frozen_and_unfrozen, training_plan
from course_utils.figures.language_diagrams import retrieve_then_read
from course_utils.figures.matrices import accuracy_matrix, cka_matrix
from course_utils.figures.panels import (
    class_gallery,
    filter_grid,
    heat_over,
    patch_grid,
    picture_grid,
    receptive_field_boxes,
    response_maps,
)
from course_utils.figures.picture import Picture
from course_utils.figures.rate_curve import rate_curve
from course_utils.figures.reliability import reliability_diagram
from course_utils.figures.remedy_diagrams import lora_beside_a_weight, rehearsal_batch, two_heads
from course_utils.figures.search_diagrams import halving_diagram
from course_utils.figures.sound_figures import sound_to_vector, spectrograms, waves
from course_utils.figures.strategy_grid import strategy_grid, strategy_map
from course_utils.figures.tables import Table, claims_on_trial, melt
from course_utils.figures.text_diagrams import sentence_to_vector
from course_utils.figures.tradeoff import front, fronts

__all__ = [
    "Picture",
    "Table",
    "accuracy_matrix",
    "bars",
    "cka_matrix",
    "claims_on_trial",
    "class_gallery",
    "depth_rate_map",
    "filter_grid",
    "front",
    "fronts",
    "frozen_and_unfrozen",
    "halving_diagram",
    "heat_over",
    "label_budget",
    "line_chart",
    "lora_beside_a_weight",
    "melt",
    "patch_grid",
    "picture_grid",
    "probe_by_block",
    "rate_curve",
    "receptive_field_boxes",
    "rehearsal_batch",
    "reliability_diagram",
    "response_maps",
    "retrieve_then_read",
    "sentence_to_vector",
    "sound_to_vector",
    "spectrograms",
    "strategy_grid",
    "strategy_map",
    "training_curves",
    "training_plan",
    "two_heads",
    "waves",
]
