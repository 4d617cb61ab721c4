"""Tools to look inside a network: filters, responses, favourite patches, evidence, similarity, probes."""

from course_utils.inspection.filters import (
    filter_selectivity,
    first_layer_filters,
    grating_responses,
    gratings,
)
from course_utils.inspection.maximise import channel_sketches, maximise_channels
from course_utils.inspection.occlusion import occlusion_map
from course_utils.inspection.probing import probe_blocks
from course_utils.inspection.receptive_fields import ReceptiveField, receptive_fields
from course_utils.inspection.responses import (
    activations,
    block_features,
    exciting_patches,
    favourite_patches,
    ranked_channels,
    strongest_channels,
)
from course_utils.inspection.similarity import cka_by_block, linear_cka
from course_utils.inspection.transferability import class_mean_distance, h_score

__all__ = [
    "ReceptiveField",
    "activations",
    "block_features",
    "channel_sketches",
    "cka_by_block",
    "class_mean_distance",
    "exciting_patches",
    "favourite_patches",
    "filter_selectivity",
    "first_layer_filters",
    "grating_responses",
    "gratings",
    "h_score",
    "linear_cka",
    "maximise_channels",
    "occlusion_map",
    "probe_blocks",
    "ranked_channels",
    "receptive_fields",
    "strongest_channels",
]
