"""The two worlds that every lesson runs in, behind two doors: ``load_backbone`` and ``load_dataset``."""

from course_utils.worlds.assets import verify_weights
from course_utils.worlds.backbones import (
    backbone_names,
    block_output,
    blocks,
    load_backbone,
    load_source_model,
)
from course_utils.worlds.datasets import Dataset, Split, dataset_names, load_dataset

__all__ = [
    "Dataset",
    "Split",
    "backbone_names",
    "block_output",
    "blocks",
    "dataset_names",
    "load_backbone",
    "load_dataset",
    "load_source_model",
    "verify_weights",
]
