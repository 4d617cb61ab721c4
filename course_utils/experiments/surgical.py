"""Which block to unfreeze: one alone, the last few, or all (surgical fine-tuning, Lee et al. 2022)."""

import numpy as np

from course_utils.data import PARTS, Dataset, PartName, Split
from course_utils.experiments.finetuning import FineTuning, HeadStart, Recipe

#: What is unfrozen, by name, and the rates that each is tuned over. The last block alone is also the "top 1".
UNFROZEN: dict[str, int | tuple[str, ...]] = {
    "block 1 alone": ("block1",),
    "block 2 alone": ("block2",),
    "block 3 alone": ("block3",),
    "block 4 alone": ("block4",),
    "top 2": 2,
    "top 3": 3,
    "everything": 4,
}
SURGICAL_RATES = (3e-4, 1e-3, 3e-3)
#: The setting in which nothing is trained but the head.
HEAD_ALONE = "head alone"
#: The name of a shifted copy of the source, where only the look of the pictures is new.
NOISY_SOURCE = "noisy-source"
#: Standard deviation of the shifted copy's noise, in grey levels of 0..255.
NOISE = 60


def noisy_copy(dataset: Dataset) -> Dataset:
    """Return a shifted copy of a picture task: the same pictures and labels, taken with a poor camera.

    Every pixel of every channel gets Gaussian noise with a standard deviation of ``NOISE`` grey levels: a shift of the
    input alone, for which Lee et al. found the first layers the ones to train. The noise is the same every time.
    """

    def make_part(part: PartName) -> Split:
        clean: Split = getattr(dataset, part)
        noise = np.random.default_rng(PARTS.index(part)).normal(0, NOISE, clean.inputs.shape)
        return Split(np.clip(clean.inputs + noise, 0, 255).round().astype(np.uint8), clean.labels)

    card = f"{dataset.card} With noise of {NOISE} grey levels on every pixel."
    return Dataset(f"noisy {dataset.name}", dataset.class_names, make_part, card)


def unfreeze_and_measure(
    ft: FineTuning, head: HeadStart, setting: str, learning_rate: float, seed: int
) -> dict[str, float]:
    """Fine-tune with one choice of blocks, and measure.

    Args:
        ft: the backbone and the task.
        head: how the head starts, see ``Recipe.head``.
        setting: a key of ``UNFROZEN``; or ``HEAD_ALONE``, the head as it starts, with nothing trained after that.
        learning_rate: of AdamW; ignored if nothing is trained.
        seed: draws the labels and their order.

    Returns:
        ``target``, ``source``, ``validation_target`` and ``validation_source``, each 0..1.
    """
    if setting == HEAD_ALONE:
        ft.prepare(Recipe(blocks=0, head=head), seed)
        return ft.measured()
    return ft.result(Recipe(UNFROZEN[setting], learning_rate, head=head), seed)
