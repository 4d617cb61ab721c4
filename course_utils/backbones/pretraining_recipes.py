"""What each embedded backbone was pretrained on, and how."""

from dataclasses import dataclass

from course_utils.data.drawing import GLYPH_CLASSES, SOURCE_CLASSES, TEXTURE_CLASSES


@dataclass(frozen=True)
class PretrainingRecipe:
    """A pretraining run: the classes it tells apart and the settings of its training.

    The batch size and the first layer's start and smoothness were chosen on the validation parts of the far targets.
    """

    classes: tuple[str, ...]
    seeds: tuple[int, ...]
    per_class: int
    epochs: int
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    label_smoothing: float = 0.1
    stem_smoothness: float = 0.05
    stem_start: float = 0.05


RECIPES = {
    "embedded": PretrainingRecipe(SOURCE_CLASSES, seeds=(0, 1, 2), per_class=320, epochs=16),
    "embedded-textures": PretrainingRecipe(TEXTURE_CLASSES, seeds=(0,), per_class=640, epochs=16),
    "embedded-glyphs": PretrainingRecipe(GLYPH_CLASSES, seeds=(0,), per_class=800, epochs=16),
}
