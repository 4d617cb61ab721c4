"""Exercise 02.e4: three faults in a pipeline."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import networks
from course_utils.learn.calling import Unusable, call, learners_code
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong
from course_utils.learn.wording import kind

_PATCHES = 40
_FAULTS = 3


class PipelineFaults(Exercise):
    """What the backbone saw, the features that came out, and how the rows were split."""

    id = "02.e4"
    points = 3
    fields = {
        "pictures_seen": "int",
        "brightest_seen": "float",
        "backbone_after": f"float[{networks.WEIGHT_COUNT}]",
        "features": "float[...]",
        "train_rows": "int[*]",
        "validation_rows": "int[*]",
    }

    def challenge(self, seed: int) -> Inputs:
        return {
            "weights": networks.draw_weights(seed),
            "patches": networks.pictures(_PATCHES, seed),
            "pictures": np.random.default_rng(seed).permutation(np.repeat(np.arange(10), 4)),  # of each patch
            "split_seed": seed % 1000,
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        backbone = networks.build_backbone(inputs["weights"])
        returned = call(answer, backbone, inputs["patches"], inputs["pictures"], inputs["split_seed"])
        if not isinstance(returned, tuple) or len(returned) != 3:
            several = isinstance(returned, tuple | list)
            raise Unusable("not-three-things", found=f"{len(returned)} things" if several else kind(returned))
        train, held_out = (_rows(rows) for rows in returned[1:])
        with learners_code():
            features = np.asarray(returned[0], dtype=float)
        seen = networks.seen(backbone)
        return {
            "pictures_seen": seen.pictures,
            "brightest_seen": seen.brightest,
            "backbone_after": networks.read_weights(backbone),
            "features": features,
            "train_rows": train,
            "validation_rows": held_out,
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        if data["pictures_seen"] <= 0:
            return wrong("backbone-bypassed")
        left = list(_faults(inputs, data))
        if left:
            fixed = _FAULTS - len(left)
            return wrong(left[0], fixed / _FAULTS, fixed=f"{fixed} of {_FAULTS} faults {'is' if fixed == 1 else 'are'}")
        wanted = networks.pooled_features(inputs["weights"], inputs["patches"])
        features = data["features"]
        if features.shape != wanted.shape:
            return wrong("features-not-pooled", 2 / 3, found=str(features.shape), wanted=str(wanted.shape))
        if not np.abs(features - wanted).max() < 1e-3:
            return wrong("another-pooling", 2 / 3)
        return passed()


def _rows(rows: Any) -> np.ndarray:
    with learners_code():
        found = np.asarray(rows)
    if found.dtype == bool and found.shape == (_PATCHES,):
        found = np.flatnonzero(found)
    numbers = found.ndim == 1 and found.size and found.dtype.kind in "iu"
    if not numbers or found.size > 10 * _PATCHES or found.min() < 0 or found.max() >= _PATCHES:
        raise Unusable("not-row-numbers")
    return found


def _faults(inputs: Inputs, data: Data) -> list[str]:
    """Return the codes of the faults that are left, at most one of each kind."""
    train, held_out = (rows[(rows >= 0) & (rows < _PATCHES)] for rows in (data["train_rows"], data["validation_rows"]))
    shared = np.intersect1d(inputs["pictures"][train], inputs["pictures"][held_out])
    used, share = len(np.union1d(train, held_out)), len(held_out) / _PATCHES
    left = []
    if not networks.is_whole_range(data["brightest_seen"]):
        left.append("scaled-twice")
    if networks.moved(inputs["weights"], data["backbone_after"]):
        left.append("training-mode")
    if len(shared):
        left.append("split-by-patch")
    elif not 0.1 <= share <= 0.5 or used < _PATCHES:
        left.append("patches-left-out")
    return left
