"""Datasets: drawn ones, real ones from ordinary dependencies, and the learner's own folder of pictures."""

from collections.abc import Callable
from functools import cache, lru_cache, partial
from pathlib import Path

import numpy as np

from course_utils.data import drawing, photographs
from course_utils.data.folders import load_folder, resize
from course_utils.data.splits import PARTS, Dataset, PartName, Split
from course_utils.errors import CourseError

#: From a task's seed to a function that makes the pictures and labels of one part, by its name.
_Make = Callable[[int], Callable[[PartName], photographs.Pair]]


def _drawn(classes: tuple[str, ...], counts: tuple[int, int, int]) -> _Make:
    """Draw new pictures, with seeds from 100 upwards, which pretraining (seeds 0 to 9) never uses."""

    def make(seed: int, part: PartName) -> photographs.Pair:
        i = PARTS.index(part)
        return drawing.draw_task(classes, counts[i], 100 + 10 * seed + i)

    return lambda seed: partial(make, seed)


def _source(counts: tuple[int, int, int]) -> _Make:
    """Draw a backbone's task: training pictures that pretraining run ``seed`` was shown, and others for the rest.

    No run was shown the validation and test pictures. They are one draw, since they are used together.
    """
    train, validation, test = counts

    @cache
    def never_shown(seed: int) -> photographs.Pair:
        return drawing.draw_task(drawing.SOURCE_CLASSES, validation + test, 101 + 10 * seed)

    def make(seed: int, part: PartName) -> photographs.Pair:
        if part == "train":
            return drawing.draw_task(drawing.SOURCE_CLASSES, train, seed)
        pictures, labels = never_shown(seed)
        first = np.arange(len(labels)) % (validation + test) < validation  # of every class
        rows = first if part == "validation" else ~first
        return pictures[rows], labels[rows]

    return lambda seed: partial(make, seed)


def _real(parts: Callable[[], photographs.Parts]) -> _Make:
    return lambda seed: parts().__getitem__


_BUILT_IN: dict[str, tuple[tuple[str, ...], _Make, str]] = {
    "source": (
        drawing.SOURCE_CLASSES,
        _source((40, 10, 20)),
        "Drawn: textures, shapes, glyphs and fractals, the task that the embedded backbone was pretrained on.",
    ),
    "source-sample": (
        drawing.SOURCE_CLASSES[::6],
        _drawn(drawing.SOURCE_CLASSES[::6], (60, 30, 30)),
        "Drawn: every sixth class of the source task, for measurements that take seconds.",
    ),
    "shapes": (
        drawing.NEW_SHAPE_CLASSES,
        _drawn(drawing.NEW_SHAPE_CLASSES, (240, 60, 120)),
        "Drawn: five shapes that no backbone saw in pretraining. The near target.",
    ),
    "glyphs": (
        drawing.NEW_GLYPH_CLASSES,
        _drawn(drawing.NEW_GLYPH_CLASSES, (120, 40, 60)),
        "Drawn: eight letters of an alphabet that no backbone saw in pretraining. A near target.",
    ),
    "scans": (
        drawing.SCAN_CLASSES,
        _drawn(drawing.SCAN_CLASSES, (600, 100, 250)),
        "Drawn: phantom scans, half of them with a subtle lesion.",
    ),
    "photo-textures": (
        photographs.TEXTURE_NAMES,
        _real(photographs.photo_textures),
        "Real: grey patches of eight photographs; test patches come from other regions. A far target.",
    ),
    "tissue": (
        ("connective", "gland"),
        _real(photographs.tissue),
        "Real: grey patches of one stained section of tissue; test patches come from another region.",
    ),
    "faces": (
        ("no face", "face"),
        _real(photographs.faces),
        "Real: 200 small grey pictures, half of them faces.",
    ),
    "digits": (
        tuple("0123456789"),
        _real(photographs.digits),
        "Real: scikit-learn's handwritten digits, a task so easy that transfer has little to give.",
    ),
}


def dataset_names() -> tuple[str, ...]:
    """Return every name that ``load_dataset`` knows, besides paths to folders."""
    return tuple(_BUILT_IN)


def load_dataset(name: str | Path, *, image_size: int | None = None, seed: int = 0) -> Dataset:
    """Load a task by name, or a folder of pictures by path.

    Args:
        name: one of ``dataset_names()``, or the path of a folder with one sub-folder of pictures per class.
        image_size: side of the pictures in pixels. Default: 32 for the built-in tasks, 224 for a folder.
        seed: decides the pictures of the drawn tasks, and how a folder's pictures are dealt into parts; the real
            built-in tasks have one fixed split. The training pictures of ``source`` are those that the embedded
            backbone's pretraining run of this number was shown.

    Returns:
        The task. Loading it again in the same process returns the same object: treat it as read-only.

    Raises:
        CourseError: an unknown name, a folder without sub-folders of classes, or a damaged picture.
    """
    if image_size is None:
        image_size = 32 if str(name) in _BUILT_IN else 224
    return _load(str(name), image_size, seed)


@lru_cache(maxsize=16)
def _load(name: str, image_size: int, seed: int) -> Dataset:
    if name in _BUILT_IN:
        classes, make, card = _BUILT_IN[name]
        make_part = make(seed)
    elif Path(name).expanduser().is_dir():
        folder = Path(name).expanduser()
        classes, parts = load_folder(folder, image_size, seed)
        make_part = parts.__getitem__
        card = f"The pictures in {folder.name}: one folder per class, dealt 60 / 20 / 20 into the three parts."
    else:
        raise CourseError(
            f"There is no dataset {name!r}, and no folder of that name. Known datasets: "
            f"{', '.join(_BUILT_IN)}; or give the path of a folder with one sub-folder of pictures per class."
        )

    def split(part: PartName) -> Split:
        pictures, labels = make_part(part)
        return Split(pictures if image_size == pictures.shape[1] else resize(pictures, image_size), labels)

    return Dataset(name, classes, split, card)
