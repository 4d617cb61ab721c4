"""Real target tasks, cut from pictures that come with scikit-image and scikit-learn: no download.

Training, validation and test pictures never share a source region: a photograph is split into left, middle and
right parts *before* patches are cut, so that no test patch overlaps a training patch.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage import color, data, transform
from sklearn.datasets import load_digits

from course_utils.data.drawing import SIZE
from course_utils.data.splits import PartName

Pictures = NDArray[np.uint8]
Pair = tuple[Pictures, NDArray[np.int64]]  # pictures and their labels
Parts = dict[PartName, Pair]

#: Photograph -> side of the patches in its own pixels (chosen so that a patch shows a few elements).
_TEXTURES = {
    "brick": 64,
    "grass": 64,
    "gravel": 64,
    "cat fur": 44,
    "tissue": 64,
    "retina": 128,
    "stars": 72,
    "handwriting": 52,
}
TEXTURE_NAMES = tuple(_TEXTURES)
_SHARES: dict[PartName, tuple[float, float]] = {"train": (0.0, 0.48), "validation": (0.48, 0.68), "test": (0.68, 1.0)}
_COUNTS: dict[PartName, int] = {"train": 150, "validation": 60, "test": 120}


def _photographs() -> dict[str, NDArray[Any]]:
    """Return the photographs by class, grey, float in 0..1, cropped to where the texture is."""
    retina = color.rgb2gray(data.retina())[330:1080, 200:1210]
    return {
        "brick": data.brick() / 255,
        "grass": data.grass() / 255,
        "gravel": data.gravel() / 255,
        "cat fur": color.rgb2gray(data.chelsea()),
        "tissue": color.rgb2gray(data.immunohistochemistry()),
        "retina": retina,
        "stars": color.rgb2gray(data.hubble_deep_field()),
        "handwriting": data.text() / 255,
    }


def _cut(
    picture: NDArray[Any], side: int, share: tuple[float, float], n: int, rng: np.random.Generator, size: int
) -> NDArray[Any]:
    """Cut ``n`` patches at random from the columns of ``share``, as float ``(n, size, size)``."""
    low, high = (int(picture.shape[1] * s) for s in share)
    patches = []
    for _ in range(n):
        row = rng.integers(0, picture.shape[0] - side + 1)
        column = rng.integers(low, high - side + 1)
        patch = picture[row : row + side, column : column + side]
        patches.append(transform.resize(patch, (size, size), anti_aliasing=True))
    return np.stack(patches)


def _even_light(patches: NDArray[Any]) -> Pictures:
    """Give every patch the same mean and contrast, so that lightness gives nothing away; grey as RGB bytes."""
    axes = (1, 2)
    spread = np.maximum(patches.std(axes, keepdims=True), 1e-3)
    even = 0.5 + 0.2 * (patches - patches.mean(axes, keepdims=True)) / spread
    grey = np.clip(even * 255 + 0.5, 0, 255).astype(np.uint8)
    return np.repeat(grey[..., None], 3, -1)


def photo_textures(size: int = SIZE) -> Parts:
    """Return eight textures of real photographs, ``(n, size, size, 3)``; 150 / 60 / 120 pictures per class.

    Every size shows the same regions, each resized once from the photograph, where its side is 44 to 128 pixels.
    """
    photographs = _photographs()
    parts: Parts = {}
    for number, (part, share) in enumerate(_SHARES.items()):
        rng = np.random.default_rng(1000 + number)
        count = _COUNTS[part]
        cut = [_even_light(_cut(photographs[c], _TEXTURES[c], share, count, rng, size)) for c in TEXTURE_NAMES]
        parts[part] = np.concatenate(cut), np.repeat(np.arange(len(cut)), count)
    return parts


def disjoint_texture_patches(part: PartName = "train") -> dict[str, int]:
    """Return, by class, how many patches of the photo textures fit side by side into a part's region.

    Patches overlap, so no more of them than this are independent of each other.
    """
    low, high = _SHARES[part]
    count = {}
    for name, picture in _photographs().items():
        rows, columns = picture.shape
        side = _TEXTURES[name]
        count[name] = rows // side * ((int(columns * high) - int(columns * low)) // side)
    return count


def tissue(size: int = SIZE) -> Parts:
    """Return gland or connective tissue from one stained section, in grey so that the stain gives nothing away.

    Every size shows the same windows, each resized once from the section, where its side is 48 pixels.

    The label comes from the brown stain (DAB), which marks the gland: colour deconvolution of Ruifrok and
    Johnston 2001, averaged over the patch; patches in between are left out.
    """
    section = data.immunohistochemistry()
    grey, stain = color.rgb2gray(section), color.rgb2hed(section)[..., 2]
    parts: Parts = {}
    for number, part in enumerate(_SHARES):
        kept = _stained_windows(stain, part, _COUNTS[part], np.random.default_rng(2000 + number))
        windows = (*kept[0], *kept[1])
        pictures = [transform.resize(grey[window], (size, size), anti_aliasing=True) for window in windows]
        parts[part] = _even_light(np.stack(pictures)), np.repeat([0, 1], _COUNTS[part])
    return parts


def stained_tissue(part: PartName, per_class: int, *, size: int = 96) -> Pair:
    """Return windows of the same section in colour, where brown means gland and blue means connective tissue.

    For showing what a fault in the order of colours costs; the colour gives the label away.

    Returns:
        uint8 pictures ``(2 * per_class, size, size, 3)``, connective tissue first, and their labels, 0 and 1.
    """
    section = data.immunohistochemistry()
    dull, brown = _stained_windows(color.rgb2hed(section)[..., 2], part, per_class, np.random.default_rng(2100))
    pictures = [transform.resize(section[w], (size, size), anti_aliasing=True) for w in (*dull, *brown)]
    return np.rint(255 * np.stack(pictures)).astype(np.uint8), np.repeat([0, 1], per_class)


def _stained_windows(
    stain: NDArray[Any], part: PartName, wanted: int, rng: np.random.Generator
) -> tuple[list[tuple[slice, slice]], list[tuple[slice, slice]]]:
    """Return windows with little of the brown stain, and with much, from the part's columns."""
    low, high = (int(stain.shape[1] * s) for s in _SHARES[part])
    kept: tuple[list[tuple[slice, slice]], list[tuple[slice, slice]]] = ([], [])
    while min(map(len, kept)) < wanted:
        row = rng.integers(0, len(stain) - _WINDOW + 1)
        column = rng.integers(low, high - _WINDOW + 1)
        window = slice(row, row + _WINDOW), slice(column, column + _WINDOW)
        brown = (stain[window] > _BROWN).mean()
        if brown < 0.15 or brown > 0.6:
            kept[int(brown > 0.6)].append(window)
    return kept[0][:wanted], kept[1][:wanted]


_WINDOW = 48  # pixels of the section
_BROWN = 0.03  # DAB optical density above which a pixel counts as stained


def faces(size: int = SIZE) -> Parts:
    """Return the 200 grey faces and non-faces of ``lfw_subset`` (25x25, enlarged); 50 / 20 / 30 per class."""
    pictures = data.lfw_subset()
    large = np.stack([transform.resize(p, (size, size), order=1) for p in pictures])
    grey = np.repeat(np.clip(large * 255 + 0.5, 0, 255).astype(np.uint8)[..., None], 3, -1)
    return _split(grey, np.repeat([1, 0], 100), (50, 20, 30), seed=3000)


def digits(size: int = SIZE) -> Parts:
    """Return scikit-learn's handwritten digits (8x8, enlarged smoothly); 90 / 30 / 50 per class."""
    bunch = load_digits()
    large = transform.resize(bunch.images / 16, (len(bunch.images), size, size), order=1)
    grey = np.repeat(np.clip(large * 255 + 0.5, 0, 255).astype(np.uint8)[..., None], 3, -1)
    return _split(grey, bunch.target, (90, 30, 50), seed=4000)


def _split(pictures: Pictures, labels: NDArray[Any], counts: tuple[int, int, int], seed: int) -> Parts:
    """Deal every class into the three parts, after one shuffle."""
    rng = np.random.default_rng(seed)
    dealt = [np.split(rng.permutation(np.flatnonzero(labels == c)), np.cumsum(counts)) for c in np.unique(labels)]
    parts: Parts = {}
    for position, part in enumerate(_SHARES):
        rows = np.concatenate([d[position] for d in dealt])
        parts[part] = pictures[rows], labels[rows].astype(np.int64)
    return parts
