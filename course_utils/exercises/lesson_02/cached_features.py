"""Exercise 02.e2: training on cached features."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import networks
from course_utils.learn.calling import Unusable, call, keras_model, outputs
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_PICTURES, _CLASSES, _EPOCHS = 32, 2, 3
_HEAD = networks.CHANNELS * _CLASSES + _CLASSES  # weights


class CachedFeatures(Exercise):
    """How many pictures went through the backbone, the trained head, and the joined model's outputs."""

    id = "02.e2"
    points = 3
    fields = {
        "pictures_seen": "int",
        "brightest_seen": "float",
        "backbone_after": f"float[{networks.WEIGHT_COUNT}]",
        "head_after": f"float[{_HEAD}]",
        "outputs": "float[...]",
    }

    def challenge(self, seed: int) -> Inputs:
        rng = np.random.default_rng(seed)
        return {
            "weights": networks.draw_weights(seed),
            "pictures": networks.pictures(_PICTURES, seed),
            "labels": rng.permutation(np.arange(_PICTURES) % _CLASSES),
            "head": np.append(rng.normal(0, 0.4, networks.CHANNELS * _CLASSES), [0, 0]).astype(np.float32),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        import keras

        backbone, pictures = networks.build_backbone(inputs["weights"]), inputs["pictures"]
        head = keras.Sequential([keras.Input((networks.CHANNELS,)), keras.layers.Dense(_CLASSES, activation="softmax")])
        head.set_weights(list(_kernel_and_bias(inputs["head"])))
        returned = call(answer, backbone, head, pictures, inputs["labels"], _EPOCHS)
        seen = networks.seen(backbone)
        model = keras_model(returned, "a `keras.Model` from pictures to probabilities")
        if getattr(model, "input_shape", None) == head.input_shape:  # which a class of the learner's may lack
            raise Unusable("head-alone")
        return {
            "pictures_seen": seen.pictures,
            "brightest_seen": seen.brightest,
            "backbone_after": networks.read_weights(backbone),
            "head_after": np.concatenate([np.ravel(w) for w in head.get_weights()]),
            "outputs": outputs(model, pictures.astype("float32")),
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        passes = data["pictures_seen"] / _PICTURES
        if passes <= 0:
            return wrong("backbone-bypassed")
        if passes >= 2:
            return wrong("features-every-epoch", passes=round(passes), epochs=_EPOCHS)
        if networks.moved(inputs["weights"], data["backbone_after"]):
            return wrong("training-mode")
        if not networks.is_whole_range(data["brightest_seen"]):
            return wrong("scaled-before-backbone")
        if not np.isfinite(data["head_after"]).all():
            return wrong("another-head", difference=float("inf"))
        if not _loss(inputs, data["head_after"]) < _loss(inputs, inputs["head"]):
            return wrong("head-untrained")
        difference = _difference(inputs, data)
        if not difference < 1e-5:
            return wrong("another-head", difference=difference)
        return passed()


def _kernel_and_bias(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return flat[:-_CLASSES].reshape(networks.CHANNELS, _CLASSES), flat[-_CLASSES:]


def _log_probabilities(inputs: Inputs, head: np.ndarray) -> np.ndarray:
    """Return what a head says of the right features, ``(pictures, classes)``."""
    kernel, bias = _kernel_and_bias(head.astype(np.float64))
    logits = np.clip(networks.pooled_features(inputs["weights"], inputs["pictures"]) @ kernel + bias, -1e6, 1e6)
    logits -= logits.max(axis=1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


def _loss(inputs: Inputs, head: np.ndarray) -> float:
    """Return the head's cross-entropy on the pictures that it was trained on."""
    return -float(_log_probabilities(inputs, head)[np.arange(_PICTURES), inputs["labels"]].mean())


def _difference(inputs: Inputs, data: Data) -> float:
    """Return how far the model's outputs are from the head's on the right features; infinite if they don't compare."""
    if data["outputs"].shape != (_PICTURES, _CLASSES):
        return float("inf")
    difference = np.abs(data["outputs"] - np.exp(_log_probabilities(inputs, data["head_after"]))).max()
    return float(difference) if np.isfinite(difference) else float("inf")
