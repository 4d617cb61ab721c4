"""Exercise 02.e1: the frozen model."""

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import networks
from course_utils.learn.calling import Unusable, call, keras_model, learners_code, outputs
from course_utils.learn.evidence import Data
from course_utils.learn.exercise import Exercise, Inputs, Verdict, passed, wrong

_PICTURES, _CLASSES = 24, 3


class FrozenModel(Exercise):
    """What one epoch of training does to the learner's model: the weights before and after, and its outputs."""

    id = "02.e1"
    points = 2
    fields = {
        "pictures_seen": "int",
        "brightest_seen": "float",
        "backbone_after": f"float[{networks.WEIGHT_COUNT}]",
        "backbone_trainable": "int",
        "head_before": "float[*]",
        "head_after": "float[*]",
        "head_inputs": "int",
        "outputs": "float[...]",
    }

    def challenge(self, seed: int) -> Inputs:
        return {
            "weights": networks.draw_weights(seed),
            "pictures": networks.pictures(_PICTURES, seed),
            "labels": np.random.default_rng(seed).permutation(np.arange(_PICTURES) % _CLASSES),
        }

    def probe(self, answer: Callable[..., Any], inputs: Inputs) -> Data:
        backbone, pictures = networks.build_backbone(inputs["weights"]), inputs["pictures"].astype("float32")
        model = keras_model(call(answer, backbone, _CLASSES), "a compiled `keras.Model`")
        if not model.compiled:
            raise Unusable("not-compiled")
        outputs(model, pictures[:2])  # builds a model that has not been called yet
        head_before = _flat(model.trainable_variables)
        kernels = [variable.shape for variable in model.trainable_variables if len(variable.shape) == 2]
        with learners_code():
            model.run_eagerly = True  # for three steps, tracing a graph would only cost time
            model.fit(pictures, inputs["labels"], epochs=1, batch_size=8, verbose=0)
        given = outputs(model, pictures)
        seen = networks.seen(backbone)
        return {
            "pictures_seen": seen.pictures,
            "brightest_seen": seen.brightest,
            "backbone_after": networks.read_weights(backbone),
            "backbone_trainable": sum(int(np.prod(v.shape)) for v in backbone.trainable_variables),
            "head_before": head_before,
            "head_after": _flat(model.trainable_variables),
            "head_inputs": int(kernels[0][0]) if kernels else 0,
            "outputs": given,
        }

    def verdict(self, inputs: Inputs, data: Data) -> Verdict:
        if data["pictures_seen"] <= 0:
            return wrong("backbone-bypassed")
        if not networks.is_whole_range(data["brightest_seen"]):
            return wrong("scaled-before-backbone")
        moved = networks.moved(inputs["weights"], data["backbone_after"])
        for what, code in (
            ("weights", "not-frozen"),
            ("scale and shift", "batchnorm-learned"),
            ("moving statistics", "batchnorm-statistics-moved"),
        ):
            if what in moved:
                return wrong(code)
        if data["backbone_trainable"]:
            return wrong("still-trainable")
        given = data["outputs"]
        if given.shape != (_PICTURES, _CLASSES):
            return wrong("wrong-output-shape", found=str(given.shape), wanted=str((_PICTURES, _CLASSES)))
        if not (given >= 0).all() or not np.allclose(given.sum(axis=1), 1, atol=1e-3):
            return wrong("not-probabilities")
        before, after = data["head_before"], data["head_after"]
        finite = np.isfinite(before).all() and np.isfinite(after).all()
        if not len(after) or before.shape != after.shape or not finite or np.array_equal(before, after):
            return wrong("head-frozen")
        if data["head_inputs"] == 4 * 4 * networks.CHANNELS:
            return wrong("not-pooled")
        if not _tell_pictures_apart(inputs["weights"], inputs["pictures"], given):
            return wrong("backbone-bypassed")
        return passed()


def _flat(variables: list[Any]) -> np.ndarray:
    return np.concatenate([np.asarray(v, np.float32).ravel() for v in variables]) if variables else np.empty(0, "f4")


def _tell_pictures_apart(weights: np.ndarray, pictures: np.ndarray, given: np.ndarray) -> bool:
    """Whether outputs differ between pictures, as the frozen backbone's features do and a constant does not."""
    features = networks.pooled_features(weights, pictures)
    return bool(np.isfinite(given).all() and given.std(axis=0).max() > 1e-6 * features.std(axis=0).max())
