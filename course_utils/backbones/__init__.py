"""Pretrained networks, all behind ``load_backbone``."""

from course_utils.backbones.loading import (
    backbone_names,
    block_output,
    blocks,
    load_backbone,
    load_source_model,
)

__all__ = ["backbone_names", "block_output", "blocks", "load_backbone", "load_source_model"]
