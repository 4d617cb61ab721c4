"""Exercise 01.e2: a model that ends at a named layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import networks
from course_utils.learn.calling import call, keras_model, outputs
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_PICTURES = 6
# The layers that are asked for, each with the one before it; the last of them ends the backbone.
_LAYERS = {"block1_out": "block1_norm", "block2_conv": "block1_out", "block2_out": "block2_norm"}


class LayerExtractor(Exercise):
    """The outputs of the learner's extractors for pictures, one array for each layer."""

    id = "01.e2"
    points = 2
    fields = {f"maps_{number}": "float[...]" for number in range(len(_LAYERS))}

    def challenge(self, seed: int) -> Inputs:
        return {"weights": networks.draw_weights(seed), "pictures": networks.pictures(_PICTURES, seed)}

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        backbone, pictures = networks.build_backbone(inputs["weights"]), inputs["pictures"].astype("float32")
        found = {}
        for field, layer in zip(self.fields, _LAYERS, strict=True):
            extractor = keras_model(call(answer, backbone, layer), "a `keras.Model` from pictures to a feature map")
            found[field] = outputs(extractor, pictures)
        return found

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        found = [data[field] for field in self.fields]
        names = tuple(dict.fromkeys([*_LAYERS, *_LAYERS.values()]))
        true = dict(zip(names, networks.feature_maps(inputs["weights"], inputs["pictures"], names), strict=True))
        wanted = [true[layer] for layer in _LAYERS]
        if all(map(_equal, found, wanted)):
            return passed()
        if all(_equal(maps, wanted[-1]) for maps in found):
            return wrong("always-last-layer")
        if all(map(_equal, found, [true[before] for before in _LAYERS.values()])):
            return wrong("layer-input")
        if any(maps.ndim != 4 for maps in found):
            return wrong("not-a-feature-map")
        if all(maps.shape == theirs.shape for maps, theirs in zip(found, wanted, strict=True)):
            return wrong("not-own-layers")
        return wrong("another-shape")


def _equal(found: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether two arrays are equal up to rounding; NaN and infinity equal nothing."""
    if found.shape != wanted.shape or not np.isfinite(found).all():
        return False
    with np.errstate(over="ignore"):
        return bool(np.abs(found - wanted).max() < 1e-4)
