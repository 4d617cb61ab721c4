"""Datasets: drawn ones, real ones from ordinary dependencies, and the learner's own folder of pictures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_utils.backbones.pretraining_recipes import RECIPES, Recipe
from course_utils.data import drawing, photographs
from course_utils.data.folders import PARTS, load_folder, resize
from course_utils.errors import CourseError


@dataclass(frozen=True, eq=False)
class Split:
    """Labelled pictures: ``images`` uint8 ``(n, h, w, 3)`` and ``labels`` int64 ``(n,)``, in 0..classes-1."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def few(self, per_class: int, seed: int = 0) -> "Split":
        """Draw the same number of pictures from every class, shuffled; another seed draws others.

        Raises:
            CourseError: ``per_class`` is below 1 or more than the smallest class has.
        """
        classes, counts = np.unique(self.labels, return_counts=True)
        if not 1 <= per_class <= counts.min():
            raise CourseError(
                f"per_class={per_class} cannot be drawn: it must lie in 1..{counts.min()}, "
                "the size of the smallest class."
            )
        rng = np.random.default_rng(seed)
        chosen = [rng.permutation(np.flatnonzero(self.labels == c))[:per_class] for c in classes]
        rows = rng.permutation(np.concatenate(chosen))
        return Split(self.images[rows], self.labels[rows])


@dataclass(frozen=True, eq=False)
class Dataset:
    """A task: training, validation and test pictures, the names of the classes and a card in one sentence.

    A part is made when it is first asked for: a drawn task has thousands of pictures that nobody may want to see.
    """

    name: str
    class_names: tuple[str, ...]
    make_part: Callable[[str], Split]
    card: str

    @cached_property
    def train(self) -> Split:
        """What is learned from."""
        return self.make_part("train")

    @cached_property
    def validation(self) -> Split:
        """What choices are made on."""
        return self.make_part("validation")

    @cached_property
    def test(self) -> Split:
        """What the result is measured on, once."""
        return self.make_part("test")

    @property
    def num_classes(self) -> int:
        return len(self.class_names)


#: Makes a task's pictures and labels from its seed; then one part of them from its name.
_Make = Callable[[int], Callable[[str], photographs.Pair]]


def _drawn(classes: tuple[str, ...], counts: tuple[int, int, int]) -> _Make:
    """Draw fresh pictures; seeds from 100 on, which pretraining (seeds 0 to 9) never uses."""

    def make(seed: int, part: str) -> photographs.Pair:
        i = PARTS.index(part)
        return drawing.draw_task(classes, counts[i], 100 + 10 * seed + i)

    return lambda seed: partial(make, seed)


def _source(recipe: Recipe, counts: tuple[int, int, int]) -> _Make:
    """The task of a backbone: training pictures that pretraining run ``seed`` was shown, and two parts that none was.

    Validation and test are one draw, since they are wanted together.
    """
    train, validation, test = counts

    @cache
    def never_shown(seed: int) -> photographs.Pair:
        return drawing.draw_task(recipe.classes, validation + test, 101 + 10 * seed)

    def make(seed: int, part: str) -> photographs.Pair:
        if part == "train":
            return drawing.draw_task(recipe.classes, train, seed)
        pictures, labels = never_shown(seed)
        first = np.arange(len(labels)) % (validation + test) < validation  # of every class
        rows = first if part == "validation" else ~first
        return pictures[rows], labels[rows]

    return lambda seed: partial(make, seed)


def _real(parts: Callable[[], photographs.Parts]) -> _Make:
    return lambda seed: parts().__getitem__


_BUILT_IN: dict[str, tuple[tuple[str, ...], _Make, str]] = {
    "source": (
        RECIPES["embedded"].classes,
        _source(RECIPES["embedded"], (40, 10, 20)),
        "Drawn: textures, shapes, glyphs and fractals, the task that the embedded backbone was pretrained on.",
    ),
    "source-sample": (
        RECIPES["embedded"].classes[::6],
        _drawn(RECIPES["embedded"].classes[::6], (60, 30, 30)),
        "Drawn: every sixth class of the source task, for what is to be measured in seconds.",
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
    """Every name that ``load_dataset`` knows, besides paths to folders."""
    return tuple(_BUILT_IN)


def load_dataset(name: str | Path, *, image_size: int | None = None, seed: int = 0) -> Dataset:
    """Load a task by name, or a folder of pictures by path.

    Args:
        name: one of ``dataset_names()``, or the path of a folder with one sub-folder of pictures per class.
        image_size: side of the pictures in pixels. Default: 32 for the built-in tasks, 224 for a folder.
        seed: draws the pictures of the drawn tasks anew, and deals a folder's pictures into other parts; the
            real built-in tasks have one fixed split. The training pictures of ``source`` are those that the embedded
            backbone's pretraining run of this number was shown.

    Returns:
        The task. Loading it again in the same process returns the same object: treat it as read-only.

    Raises:
        CourseError: an unknown name, a folder that is no set of classes, a damaged picture.
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

    def split(part: str) -> Split:
        pictures, labels = make_part(part)
        return Split(pictures if image_size == pictures.shape[1] else resize(pictures, image_size), labels)

    return Dataset(name, classes, split, card)
