"""The helper library of the transfer-learning course.

The names in ``__all__`` are what lessons and learners use; docs/maintainers.md lists them. They are loaded on first
use, so that ``import course_utils`` (and ``course --help``) returns at once and does not start Keras.
"""

import os
from importlib import import_module
from types import ModuleType
from typing import Any

from course_utils import former_names
from course_utils.quiet import loading_keras

__version__ = "0.1.0"

# TensorFlow prints start-up notes (no GPU, oneDNN in use) in every notebook's first cell; errors are still raised.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Without these, the first notebook takes all of a GPU's memory, and a second one fails.
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

_HOME_OF = {
    "load_backbone": "backbones",
    "load_source_model": "backbones",
    "spec_of": "backbones",
    "blocks": "backbones",
    "block_output": "backbones",
    "load_dataset": "data",
    "Split": "data",
    "freeze": "transfer",
    "unfreeze_top": "transfer",
    "trainable_summary": "transfer",
    "extract_features": "transfer",
    "linear_probe": "transfer",
    "train": "transfer",
    "predict": "learn",
    "reveal": "learn",
    "check": "learn",
    "hint": "learn",
    "solution": "learn",
    "run_checks": "doctor",
}
_SUBPACKAGES = (
    "adapting",
    "advisor",
    "backbones",
    "data",
    "experiments",
    "figures",
    "inspection",
    "labs",
    "language",
    "learn",
    "retrieval",
    "transfer",
)

__all__ = [*_HOME_OF, *_SUBPACKAGES]

former_names.install()


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(_load(_HOME_OF[name]), name)
    if name in _SUBPACKAGES:
        return _load(name)
    raise AttributeError(f"module 'course_utils' has no attribute {name!r}")


def _load(subpackage: str) -> ModuleType:
    with loading_keras():  # most subpackages import it
        return import_module(f"course_utils.{subpackage}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
