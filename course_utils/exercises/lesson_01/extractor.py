"""Exercise 01.e2: a model that ends at a named layer."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import challenge
from course_utils.exercises.returned import RIGHT, WRONG, keras_model, outputs
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Verdict, call

_LAYERS = ("block1_out", "block2_conv", "block2_out")  # the last one ends the backbone
FIELDS = {
    "dimensions": "int[3]",
    "shape_fits": "bool[3]",
    "difference": "float[3]",
    "difference_to_input": "float[3]",
    "difference_to_last": "float[3]",
}


def evidence(make_extractor: Callable[..., Any], seed: int) -> Evidence:
    """Per layer: the largest differences to its feature map, to what comes into it, and to the last map."""
    import keras

    pictures, backbone = challenge.images(6, seed).astype("float32"), challenge.backbone(seed)
    last = np.asarray(backbone(pictures, training=False))
    found: Evidence = {name: [] for name in FIELDS}
    for name in _LAYERS:
        layer = backbone.get_layer(name)
        extractor = keras_model(call(make_extractor, backbone, name), "a `keras.Model` from pictures to a feature map")
        maps = outputs(extractor, pictures)
        comes_in, wanted = keras.Model(backbone.input, [layer.input, layer.output])(pictures, training=False)
        found["dimensions"].append(maps.ndim)
        found["shape_fits"].append(maps.shape == wanted.shape)
        found["difference"].append(_difference(maps, wanted))
        found["difference_to_input"].append(_difference(maps, comes_in))
        found["difference_to_last"].append(_difference(maps, last))
    return found


def verdict(evidence: Evidence, seed: int) -> Verdict:
    if all(evidence["difference"] < 1e-4):
        return Verdict(
            RIGHT, "Your extractor ends at the layer that was asked for, with the backbone's own weights in it."
        )
    if all(evidence["difference_to_last"] < 1e-4):
        return Verdict(WRONG, "Your model ends at the last layer, whatever name it is given. Use `layer_name`.")
    if all(evidence["difference_to_input"] < 1e-4):
        return Verdict(WRONG, "Your model stops just before the layer, at what comes into it. End at its `.output`.")
    if any(evidence["dimensions"] != 4):
        words = "The output is no feature map (pictures, height, width, channels). Leave it unpooled and unflattened."
        return Verdict(WRONG, words)
    if all(evidence["shape_fits"]):
        words = (
            "The shapes fit, but the numbers differ: these aren't the backbone's own layers, or the pictures don't"
            " reach them as they are. Reuse the backbone's own layers instead of building copies."
        )
        return Verdict(WRONG, words)
    return Verdict(WRONG, "The feature map has another shape than that layer's. Does your model stop at its *output*?")


def _difference(found: Any, wanted: Any) -> float:
    found, wanted = np.asarray(found), np.asarray(wanted)
    return float(np.abs(found - wanted).max()) if found.shape == wanted.shape else float("inf")
