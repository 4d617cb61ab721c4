"""Datasets: drawn ones, real ones from ordinary dependencies, open ones by name, and the learner's own folder."""

import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache, partial
from numbers import Integral
from pathlib import Path

import numpy as np

from course_utils.data import drawing, photographs
from course_utils.data.folders import PictureWarning, load_folder, resize
from course_utils.data.open_datasets import open_dataset_card, open_dataset_folder, open_dataset_names
from course_utils.data.picture_files import PictureFolder, find_pictures
from course_utils.data.sound_tasks import sound_names
from course_utils.data.splits import PARTS, Dataset, PartName, Split
from course_utils.errors import CourseError

#: From a task's seed, and the side of the pictures that is wanted, to a function that makes the pictures and labels of
#: one part, by its name. Drawings have 32 pixels all the same, and are then enlarged.
_Make = Callable[[int, int], Callable[[PartName], photographs.Pair]]


def _drawn(classes: tuple[str, ...], counts: tuple[int, int, int]) -> _Make:
    """Draw new pictures, with seeds from 100 upwards, which pretraining (seeds 0 to 9) never uses."""

    def make(seed: int, part: PartName) -> photographs.Pair:
        i = PARTS.index(part)
        return drawing.draw_task(classes, counts[i], 100 + 10 * seed + i)

    return lambda seed, size: partial(make, seed)


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

    return lambda seed, size: partial(make, seed)


def _real(parts: Callable[[int], photographs.Parts]) -> _Make:
    return lambda seed, size: parts(size).__getitem__


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
    """Return the names of the built-in tasks, which are there at once."""
    return tuple(_BUILT_IN)


def load_dataset(
    name: str | Path, *, image_size: int | None = None, seed: int = 0, groups: str | None = None
) -> Dataset:
    """Load a task by name, or a folder of pictures by path.

    Args:
        name: one of ``dataset_names()`` or of ``open_dataset_names()``, or the path of a folder with one sub-folder of
            pictures per class. A ``Path`` is always a folder.
        image_size: side of the pictures in pixels. Default: 32 for the built-in tasks, 224 for the others. The real
            built-in tasks are cut from their photographs at this size; drawings are enlarged.
        seed: decides the pictures of the drawn tasks, and how a folder's pictures are dealt into parts; the real
            built-in tasks have one fixed split. The training pictures of ``source`` are those that the embedded
            backbone's pretraining run of this number was shown.
        groups: for a folder: which pictures belong together (the same patient, speaker or place), so that no group is
            both learned from and tested on. A regular expression with one pair of parentheses around the part of the
            file name that is the group: ``r"(patient\\d+)_"``. Default: the columns ``file`` and ``group`` of
            ``groups.csv`` in the folder, if it is there; otherwise only copies and near-duplicates stay together.

    Returns:
        The task. Loading it again in the same process returns the same object, unless a file of the folder has
        changed: treat it as read-only.

    Warns:
        PictureWarning: what is odd about a folder: files that were left out, copies, very unequal classes, and so on.

    Raises:
        CourseError: an unknown name; a dataset that has not been downloaded; a folder without sub-folders of classes,
            with fewer than three usable pictures in one, or with wrong groups.
    """
    if image_size is not None and (not isinstance(image_size, Integral) or image_size < 1):
        raise CourseError(f"image_size={image_size!r} is impossible: it is a side in pixels, a whole number from 1 up.")
    if name in _BUILT_IN:
        if groups is not None:
            raise CourseError(f"groups is for folders of pictures; {name} is a built-in task. Leave it out.")
        return _load_built_in(str(name), image_size or 32, seed)
    if name in sound_names():
        raise CourseError(f"{name} are sounds, not pictures: load them with data.load_sounds({name!r}).")
    if name in open_dataset_names():
        folder, card = open_dataset_folder(str(name)), open_dataset_card(str(name))
    else:
        folder, card = _existing_folder(name), ""
    return _load_folder(find_pictures(folder), image_size or 224, seed, groups, card)


def _existing_folder(name: str | Path) -> Path:
    """Return the folder that was named.

    Raises:
        CourseError: there is none; a file; or nothing was named, which must not mean the current folder.
    """
    known = (
        f"Known datasets: {', '.join((*_BUILT_IN, *open_dataset_names()))}; or give the path of a folder with one "
        "sub-folder of pictures per class"
    )
    if not str(name).strip() or Path(str(name)) == Path():
        raise CourseError(
            f"{str(name)!r} names no dataset. {known} (of the folder that Python runs in, too: {Path.cwd()})."
        )
    folder = Path(str(name))
    with suppress(OSError, RuntimeError):  # a name too long for a path, or the home of nobody
        folder = folder.expanduser().absolute()
        if folder.is_dir():
            return folder
        if folder.is_file():
            raise CourseError(f"{folder} is a file. Unpack it if it is an archive, and give the folder of the classes.")
    raise CourseError(f"There is no dataset {str(name)!r}, and no folder of that name. {known}.")


@lru_cache(maxsize=16)
def _load_built_in(name: str, image_size: int, seed: int) -> Dataset:
    classes, make, card = _BUILT_IN[name]
    make_part = make(seed, image_size)

    def split(part: PartName) -> Split:
        pictures, labels = make_part(part)
        return Split(pictures if image_size == pictures.shape[1] else resize(pictures, image_size), labels)

    return Dataset(name, classes, split, card)


@lru_cache(maxsize=4)
def _load_folder(folder: PictureFolder, image_size: int, seed: int, groups: str | None, card: str) -> Dataset:
    loaded = load_folder(folder, image_size, seed, groups)
    for note in loaded.notes:
        warnings.warn(f"{folder.path.name}: {note}", PictureWarning, stacklevel=3)  # at the caller of load_dataset
    card = card or f"The pictures in {folder.path.name}: one folder per class, dealt 60 / 20 / 20 into the three parts."
    return Dataset(folder.path.name, loaded.class_names, lambda part: Split(*loaded.parts[part]), card)
