"""Exercise 02.e4: three faults in a pipeline."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import challenge
from course_utils.exercises.returned import RIGHT, WRONG
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call, learners_code
from course_utils.learn.wording import kind

FIELDS = {
    "images_seen": "int",
    "brightest": "float",
    "moved": "str[*]",
    "features_shape": "int[*]",
    "difference": "float",
    "train_rows": "int[*]",
    "validation_rows": "int[*]",
}
_PATCHES = 40


def _pictures(seed: int) -> np.ndarray:
    """For each patch, the number of the picture that it was cut from."""
    return np.random.default_rng(seed).permutation(np.repeat(np.arange(10), 4))


def evidence(mended_pipeline: Callable[..., Any], seed: int) -> Evidence:
    """What the backbone saw, how the features compare with ours, and how the rows were split."""
    backbone, patches = challenge.backbone(seed), challenge.images(_PATCHES, seed)
    before = challenge.weights(backbone)
    wanted = challenge.pooled_features(challenge.backbone(seed), patches)
    returned = call(mended_pipeline, backbone, patches, _pictures(seed), seed)
    if not isinstance(returned, tuple) or len(returned) != 3:
        found = f"{len(returned)} things" if isinstance(returned, tuple | list) else kind(returned)
        raise Unusable(f"Your function gave back {found}; it should be `features, train_rows, validation_rows`.")
    train, held_out = (_rows(rows) for rows in returned[1:])
    with learners_code():
        features = np.asarray(returned[0], dtype=float)
    seen = challenge.seen(backbone)
    comparable = features.shape == wanted.shape
    return {
        "brightest": seen.brightest,
        "images_seen": seen.images,
        "moved": challenge.moved(backbone, before),
        "features_shape": features.shape,
        "difference": float(np.abs(features - wanted).max()) if comparable else math.inf,
        "train_rows": train,
        "validation_rows": held_out,
    }


def _rows(rows: Any) -> np.ndarray:
    with learners_code():
        found = np.asarray(rows)
    if found.dtype == bool and found.shape == (_PATCHES,):
        found = np.flatnonzero(found)
    numbers = found.ndim == 1 and found.size and found.dtype.kind in "iu"
    if not numbers or found.size > 10 * _PATCHES or found.min() < 0 or found.max() >= _PATCHES:
        raise Unusable("`train_rows` and `validation_rows` are row numbers of the patches, and neither is empty.")
    return found


def verdict(evidence: Evidence, seed: int) -> Verdict:
    if not evidence["images_seen"]:
        return Verdict(WRONG, "No patch went through the backbone that was handed in. Compute the features with it.")
    train, held_out = evidence["train_rows"], evidence["validation_rows"]
    shared = np.intersect1d(_pictures(seed)[train], _pictures(seed)[held_out])
    used, share = len(np.union1d(train, held_out)), len(held_out) / _PATCHES
    left = []
    if evidence["brightest"] < 200:
        left.append(
            "The patches are scaled twice: preprocessing is inside the backbone, so pass them as they are, 0 to 255."
        )
    if len(evidence["moved"]):
        left.append(
            "The features come out of training mode: there a patch's features depend on its neighbours in the batch."
        )
    if len(shared):
        left.append(
            "Patches of one picture lie on both sides of the split, so the validation accuracy flatters."
            " Split by picture."
        )
    elif not 0.1 <= share <= 0.5 or used < _PATCHES:
        left.append("Use every patch, and hold out between a tenth and a half of them for validation.")
    if left:
        mended = 3 - len(left)
        return Verdict(mended / 3, f"{mended} of 3 faults {'is' if mended == 1 else 'are'} mended. {left[0]}")
    shape, wanted = tuple(evidence["features_shape"].tolist()), (_PATCHES, challenge.CHANNELS)
    if shape != wanted:
        words = f"The features have shape {shape}; pooled, they have {wanted}."
        return Verdict(2 / 3, words)
    if not evidence["difference"] < 1e-3:
        return Verdict(
            2 / 3,
            "The features aren't the mean over the backbone's feature map. Pool with the mean, and change"
            " nothing else.",
        )
    return Verdict(
        RIGHT,
        "All three faults are mended. Whatever the accuracy is now, it is true.",
    )
