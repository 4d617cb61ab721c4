"""Exercise 02.e4: three faults in a pipeline."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.learn.exercise import Evidence, Unusable, Verdict, call
from course_utils.learn.exercises import challenge
from course_utils.learn.exercises.returned import RIGHT, WRONG


def evidence(mended_pipeline: Callable[..., Any]) -> Evidence:
    """What the backbone saw, how the features compare with ours, and how the rows were split."""
    backbone, patches = challenge.backbone(), challenge.images(40)
    pictures = np.repeat(np.arange(10), 4)
    before = challenge.weights(backbone)
    wanted = challenge.pooled_features(challenge.backbone(), patches)
    returned = call(mended_pipeline, backbone, patches.copy(), pictures.copy(), seed=0)
    if not isinstance(returned, tuple) or len(returned) != 3:
        kind = f"{len(returned)} things" if isinstance(returned, tuple | list) else f"a {type(returned).__name__}"
        raise Unusable(f"Your function gave back {kind}; it should be `features, train_rows, validation_rows`.")
    features = np.asarray(returned[0])
    train, held_out = (_rows(rows, len(patches)) for rows in returned[1:])
    seen = challenge.seen(backbone)
    comparable = features.shape == wanted.shape
    return {
        "brightest": seen.brightest,
        "images_seen": seen.images,
        "moved": challenge.moved(backbone, before),
        "features_shape": features.shape,
        "wanted_shape": wanted.shape,
        "difference": float(np.abs(features - wanted).max()) if comparable else math.inf,
        "train_pictures": pictures[train].tolist(),
        "validation_pictures": pictures[held_out].tolist(),
        "rows_used": len({*train.tolist(), *held_out.tolist()}),
        "rows": len(patches),
    }


def _rows(rows: Any, count: int) -> np.ndarray:
    found = np.asarray(rows)
    if found.dtype == bool and found.shape == (count,):
        found = np.flatnonzero(found)
    if found.ndim != 1 or not len(found) or found.dtype.kind not in "iu" or found.min() < 0 or found.max() >= count:
        raise Unusable("`train_rows` and `validation_rows` are row numbers of the patches, and neither is empty.")
    return found


def verdict(evidence: Evidence) -> Verdict:
    if not evidence["images_seen"]:
        return Verdict(WRONG, "No patch went through the backbone that was handed in. Compute the features with it.")
    shared = set(evidence["train_pictures"]) & set(evidence["validation_pictures"])
    share = len(evidence["validation_pictures"]) / evidence["rows"]
    left = []
    if evidence["brightest"] < 200:
        left.append(
            "The patches are scaled twice: preprocessing is inside the backbone, so pass them as they are, 0 to 255."
        )
    if evidence["moved"]:
        left.append(
            "The features come out of training mode: there a patch's features depend on its neighbours in the batch."
        )
    if shared:
        left.append(
            "Patches of one picture lie on both sides of the split, so the validation accuracy flatters."
            " Split by picture."
        )
    elif not 0.1 <= share <= 0.5 or evidence["rows_used"] < evidence["rows"]:
        left.append("Use every patch, and hold out between a tenth and a half of them for validation.")
    if left:
        return Verdict((3 - len(left)) / 3, f"{3 - len(left)} of 3 faults are mended. {left[0]}")
    if evidence["features_shape"] != evidence["wanted_shape"]:
        words = f"The features have shape {evidence['features_shape']}; pooled, they have {evidence['wanted_shape']}."
        return Verdict(2 / 3, words)
    if not evidence["difference"] < 1e-3:
        return Verdict(
            2 / 3,
            "The features aren't the mean over the backbone's feature map. Pool with the mean, and change"
            " nothing else.",
        )
    return Verdict(
        RIGHT,
        "All three faults are mended. The accuracy will be lower than before, and this time it is true.",
    )
