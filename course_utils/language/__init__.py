"""A small language model that answers, is tuned, and reads what was retrieved for it."""

from course_utils.language.adapters import Adapter, load_adapter, save_adapter, shipped_adapter
from course_utils.language.tuning import TaughtAnswer, TuningRecipe, TuningRun, tune
from course_utils.language.writer import HeldBack, Writer, load_writer

__all__ = [
    "Adapter",
    "HeldBack",
    "TaughtAnswer",
    "TuningRecipe",
    "TuningRun",
    "Writer",
    "load_adapter",
    "load_writer",
    "save_adapter",
    "shipped_adapter",
    "tune",
]
