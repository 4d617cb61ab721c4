"""Exercise 03.e4: reach an accuracy within a budget of pictures shown and of weights changed."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from course_utils.exercises.returned import RIGHT, WRONG, outputs
from course_utils.learn.evidence import Evidence
from course_utils.learn.exercise import Verdict, call

FIELDS = {
    "pictures": "int",
    "weights": "int",
    "statistics_moved": "bool",
    "backbone_moved": "bool",
    "finite": "bool",
    "accuracy": "float",
}

GOAL = 0.85
PICTURES = 1_280
WEIGHTS = 300_000
_PER_CLASS = 200


@cache
def _witness_class() -> type:
    """A layer that counts the pictures that pass in training; made here because Keras is imported late."""
    import keras

    ops = keras.ops

    class Counter(keras.layers.Layer):
        """Passes its input on and counts it in training."""

        def build(self, input_shape: Any) -> None:
            self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False, name="seen")
            self.built = True

        def call(self, inputs: Any, training: bool = False) -> Any:
            if training:
                self.seen.assign(self.seen + ops.cast(ops.shape(inputs)[0], "float32"))
            return inputs

    return Counter


def network(seed: int) -> Any:
    """The pretrained network behind a counter, with a new head of two classes."""
    import keras

    from course_utils.backbones import load_backbone

    backbone = load_backbone("embedded")
    head = keras.layers.Dense(
        2, activation="softmax", kernel_initializer=keras.initializers.GlorotUniform(seed), name="head"
    )
    counter = _witness_class()(name="counter", dtype="float32")
    return keras.Sequential(
        [keras.Input(backbone.input_shape[1:]), counter, backbone, keras.layers.GlobalAveragePooling2D(), head]
    )


def evidence(fine_tune: Callable[..., Any], seed: int) -> Evidence:
    """Pictures shown in training, weights that changed, and the accuracy on test scans, all measured here."""
    import keras

    from course_utils.data import load_dataset

    scans = load_dataset("scans")
    few = scans.train.few(_PER_CLASS, seed=seed + 1)
    model = network(seed)
    weights = [w for w in model.weights if "counter" not in w.path]
    before = [keras.ops.convert_to_numpy(w).copy() for w in weights]
    call(fine_tune, model, few.images, few.labels)
    moved = [
        (w.path, w.shape)
        for w, was in zip(weights, before, strict=True)
        if not np.array_equal(keras.ops.convert_to_numpy(w), was)
    ]
    given = outputs(model, scans.test.images.astype("float32"))
    return {
        "pictures": round(float(np.asarray(model.get_layer("counter").seen))),
        "weights": sum(int(np.prod(shape)) for path, shape in moved if "moving" not in path),
        "statistics_moved": any("moving" in path for path, _ in moved),
        "backbone_moved": any("block" in path and "moving" not in path for path, _ in moved),
        "finite": bool(np.isfinite(given).all()),
        "accuracy": float((given.argmax(1) == scans.test.labels).mean()),
    }


def verdict(evidence: Evidence, seed: int) -> Verdict:
    reached = f"{evidence['accuracy']:.1%}"
    if not evidence["weights"]:
        return Verdict(WRONG, "Not one weight of the model has changed. Train the model that you are given, in place.")
    if not evidence["finite"]:
        return Verdict(WRONG, "The weights blew up: the model gives no numbers any more. Take a lower learning rate.")
    if evidence["pictures"] > PICTURES:
        return Verdict(
            WRONG,
            f"You showed the model {evidence['pictures']:,} pictures in training; the budget is {PICTURES:,}."
            " Pictures for a linear probe don't count: it trains on features.",
        )
    if evidence["weights"] > WEIGHTS:
        return Verdict(
            WRONG,
            f"{evidence['weights']:,} weights changed; the budget is {WEIGHTS:,}. Freeze a large block, then compile.",
        )
    if evidence["statistics_moved"]:
        return Verdict(
            WRONG,
            "BatchNorm's moving statistics moved. Freeze every BatchNorm layer; `unfreeze_top` does it for you.",
        )
    if evidence["accuracy"] < GOAL:
        if not evidence["backbone_moved"]:
            more = "Only the head has learned, and features alone don't reach the goal. Thaw a part of the backbone."
        else:
            more = (
                "Hold out some pictures and choose the rate and the epochs on them. Then ask which part to train: a far"
                " task may need other *early* layers."
            )
        return Verdict(WRONG, f"Within the budget, but at {reached}; the goal is {GOAL:.0%}. {more}")
    return Verdict(
        RIGHT,
        f"{reached} on scans that it never saw, with {evidence['weights']:,} weights changed and"
        f" {evidence['pictures']:,} pictures shown.",
    )
