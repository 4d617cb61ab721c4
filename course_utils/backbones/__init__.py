"""Pretrained networks: what each declares about itself, and ``load_backbone``, which loads them by name."""

from course_utils.backbones.efficientnet_lite import imagenet_class_names
from course_utils.backbones.fetching import fetch
from course_utils.backbones.loading import backbone_names, load_backbone, load_source_model
from course_utils.backbones.log_mel import LogMel, mel_filters
from course_utils.backbones.overview import is_here
from course_utils.backbones.spec import (
    BackboneSpec,
    Pooling,
    block_output,
    blocks,
    declare,
    declared_spec,
    registered_specs,
    spec_of,
)
from course_utils.backbones.text_input import Tokenizer, load_tokenizer
from course_utils.backbones.transcription import Transcriber, load_transcriber

__all__ = [
    "BackboneSpec",
    "LogMel",
    "Pooling",
    "Tokenizer",
    "Transcriber",
    "backbone_names",
    "block_output",
    "blocks",
    "declare",
    "declared_spec",
    "fetch",
    "imagenet_class_names",
    "is_here",
    "load_backbone",
    "load_source_model",
    "load_tokenizer",
    "load_transcriber",
    "mel_filters",
    "registered_specs",
    "spec_of",
]
