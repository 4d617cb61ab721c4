"""Exercises 02.e1 (the frozen model) and 02.e2 (training on cached features)."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import challenge
from course_utils.exercises.returned import RIGHT, WRONG, keras_model, outputs
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Unusable, Verdict, call, learners_code

# 02.e1 ------------------------------------------------------------------------------------------------

FROZEN_FIELDS = {
    "images_seen": "int",
    "brightest": "float",
    "moved": "str[*]",
    "backbone_trainable_parameters": "int",
    "trainable_parameters": "int",
    "head_moved": "bool",
    "head_inputs": "int",
    "output_shape": "int[*]",
    "smallest_output": "float",
    "row_sums": "float[*]",
}


def frozen_evidence(build_frozen: Callable[..., Any], seed: int) -> Evidence:
    """What one epoch of training does to the model: which parts moved, and what comes out of it."""
    backbone, pictures = challenge.backbone(seed), challenge.images(24, seed).astype("float32")
    labels = np.random.default_rng(seed).permutation(np.arange(24) % 3)
    model = keras_model(call(build_frozen, backbone, 3), "a compiled `keras.Model`")
    if not model.compiled:
        raise Unusable("Your model isn't compiled yet: call `model.compile(...)` before you give it back.")
    before = challenge.weights(backbone)
    outputs(model, pictures[:2])  # builds a model that was not yet called
    head_before = challenge.bits(model.trainable_variables)
    trainable_before = [int(np.prod(variable.shape)) for variable in model.trainable_variables]
    kernels = [variable.shape for variable in model.trainable_variables if len(variable.shape) == 2]
    with learners_code():
        model.run_eagerly = True  # three steps: tracing a graph for them would take the learner's time
        model.fit(pictures, labels, epochs=1, batch_size=8, verbose=0)
    given = outputs(model, pictures)
    seen = challenge.seen(backbone)
    return {
        "images_seen": seen.images,
        "brightest": seen.brightest,
        "moved": challenge.moved(backbone, before),
        "backbone_trainable_parameters": sum(int(np.prod(v.shape)) for v in backbone.trainable_variables),
        "trainable_parameters": sum(trainable_before),
        "head_moved": head_before != challenge.bits(model.trainable_variables),
        "head_inputs": int(kernels[0][0]) if kernels else 0,
        "output_shape": given.shape,
        "smallest_output": float(given.min()),
        "row_sums": given.sum(axis=-1).ravel(),
    }


def frozen_verdict(evidence: Evidence, seed: int) -> Verdict:
    if not evidence["images_seen"]:
        return Verdict(
            WRONG,
            "No picture ever went through the backbone. Build the head on top of the backbone's output.",
        )
    if evidence["brightest"] < 200:
        words = (
            "The pictures were scaled before they came to the backbone. Its preprocessing is inside: pass"
            " them as they are, 0 to 255."
        )
        return Verdict(WRONG, words)
    if "weights" in evidence["moved"]:
        words = (
            "One epoch changed the backbone's weights: it isn't frozen. Set `backbone.trainable = False`"
            " before you compile."
        )
        return Verdict(WRONG, words)
    if "scale and shift" in evidence["moved"]:
        words = (
            "The convolutions stayed, but BatchNorm learned: its scale and shift are weights as well. Freeze the whole"
            " backbone, BatchNorm layers included."
        )
        return Verdict(WRONG, words)
    if "moving statistics" in evidence["moved"]:
        words = (
            "The weights stayed, but BatchNorm's moving statistics moved during training. Freeze the whole"
            " backbone, BatchNorm layers included."
        )
        return Verdict(WRONG, words)
    if evidence["backbone_trainable_parameters"]:
        return Verdict(
            WRONG,
            "Some layers of the backbone are still trainable. Freeze all of it: `backbone.trainable = False`.",
        )
    shape = tuple(evidence["output_shape"].tolist())
    if shape != (24, 3):
        words = f"For 24 pictures and 3 classes the output has shape {shape}; it should be (24, 3)."
        return Verdict(WRONG, words)
    if evidence["smallest_output"] < 0 or not np.allclose(evidence["row_sums"], 1, atol=1e-3):
        words = (
            'The outputs of a picture don\'t sum to 1, so they are no probabilities. End with `activation="softmax"`.'
        )
        return Verdict(WRONG, words)
    if not evidence["trainable_parameters"] or not evidence["head_moved"]:
        return Verdict(WRONG, "Nothing was learned: the head is frozen as well. Freeze the backbone only.")
    if evidence["head_inputs"] == 4 * 4 * challenge.CHANNELS:
        words = (
            "Your head reads every position of the feature map. Pool it first with `GlobalAveragePooling2D`:"
            " 16 times fewer weights."
        )
        return Verdict(WRONG, words)
    return Verdict(
        RIGHT,
        "One epoch later every bit of the backbone is where it was, BatchNorm included, and the head has learned.",
    )


# 02.e2 ------------------------------------------------------------------------------------------------

_EPOCHS = 3
CACHED_FIELDS = {
    "passes": "float",
    "brightest": "float",
    "moved": "str[*]",
    "head_moved": "bool",
    "difference": "float",
}


def cached_evidence(cache_then_train: Callable[..., Any], seed: int) -> Evidence:
    """How many pictures went through the backbone, and whether the model agrees with head on features."""
    import keras

    backbone, pictures = challenge.backbone(seed), challenge.images(32, seed)
    labels = np.random.default_rng(seed).permutation(np.arange(32) % 2)
    head = keras.Sequential([keras.Input((challenge.CHANNELS,)), keras.layers.Dense(2, activation="softmax")])
    before, head_before = challenge.weights(backbone), challenge.bits(head.weights)
    returned = call(cache_then_train, backbone, head, pictures, labels, _EPOCHS)
    seen = challenge.seen(backbone)
    model = keras_model(returned, "a `keras.Model` from pictures to probabilities")
    if getattr(model, "input_shape", None) == head.input_shape:  # a model of the learner's own class may have none
        raise Unusable("Your model takes features: it is the head alone. Join backbone, pooling and head in one model.")
    through_model = outputs(model, pictures.astype("float32"))
    through_cache = np.asarray(head(challenge.pooled_features(backbone, pictures)))
    same_shape = through_model.shape == through_cache.shape
    return {
        "passes": seen.images / len(pictures),
        "brightest": seen.brightest,
        "moved": challenge.moved(backbone, before),
        "head_moved": head_before != challenge.bits(head.weights),
        "difference": float(np.abs(through_model - through_cache).max()) if same_shape else math.inf,
    }


def cached_verdict(evidence: Evidence, seed: int) -> Verdict:
    if not evidence["passes"]:
        return Verdict(
            WRONG,
            "No picture went through the backbone. Compute the features first, with `extract_features`.",
        )
    if evidence["passes"] >= 2:
        words = (
            f"Every picture went through the backbone {evidence['passes']:.0f} times in {_EPOCHS} epochs."
            " Compute the features once, keep them, and fit the head on them."
        )
        return Verdict(WRONG, words)
    if len(evidence["moved"]):
        words = (
            "The pictures went through the backbone in training mode, where BatchNorm uses the batch at hand."
            " Features are computed in inference mode: `training=False`."
        )
        return Verdict(WRONG, words)
    if evidence["brightest"] < 200:
        return Verdict(
            WRONG,
            "The pictures were scaled before the backbone, which does its own preprocessing. Pass them as they are.",
        )
    if not evidence["head_moved"]:
        return Verdict(WRONG, "The head that was handed in has not learned. Compile it and fit it on the features.")
    if not evidence["difference"] < 1e-5:
        words = (
            f"The model you gave back and the head on cached features differ by {evidence['difference']:.2g}."
            " Join the same backbone, the same pooling and the very head that you trained."
        )
        return Verdict(WRONG, words)
    return Verdict(
        RIGHT, "Each picture went through the backbone once, and the joined model gives the same predictions."
    )
