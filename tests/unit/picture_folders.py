"""Folders of pictures for tests: written, loaded, and searched."""

import warnings
from pathlib import Path

import numpy as np
from PIL import Image

from course_utils.data import datasets, load_dataset
from course_utils.data.folders import PictureWarning
from course_utils.data.splits import PARTS


def noise(seed: int, side: int = 24) -> Image.Image:
    """A picture that resembles no other: 8 x 8 coloured fields."""
    fields = np.random.default_rng(seed).integers(0, 256, (8, 8, 3)).astype(np.uint8)
    return Image.fromarray(fields).resize((side, side), Image.Resampling.NEAREST)


def write(folder: Path, classes: dict[str, int]) -> Path:
    for number, (name, count) in enumerate(classes.items()):
        (folder / name).mkdir(parents=True)
        for i in range(count):
            noise(1000 * number + i).save(folder / name / f"{i:02}.png")
    return folder


def load(folder, **settings):
    """Return the dataset and the warnings' texts."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        task = load_dataset(folder, **{"image_size": 8} | settings)
    assert all(warning.category is PictureWarning for warning in caught)
    assert all(warning.filename == __file__ for warning in caught)  # they point at the line that loads
    return task, [str(warning.message) for warning in caught]


def where(task, picture: Image.Image, side: int = 8) -> set[str]:
    """Return the parts that hold a picture."""
    pixels = np.asarray(picture.resize((side, side), Image.Resampling.BICUBIC))
    return {part for part in PARTS if any((p == pixels).all() for p in getattr(task, part).inputs)}


def fresh(folder, **settings):
    """Load as a new process would."""
    datasets._load_folder.cache_clear()
    return load(folder, **settings)
