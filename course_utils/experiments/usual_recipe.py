"""The recipe of most tutorials, literally, on a real network: frozen with a Dense head, then unfrozen as a whole."""

from typing import Any

import keras
import numpy as np
from keras import layers

from course_utils.backbones import load_backbone
from course_utils.data import Split, load_dataset
from course_utils.experiments.budgets import accuracy_on
from course_utils.transfer.drift import relative_drift, weights_of
from course_utils.transfer.features import extract_features
from course_utils.transfer.sessions import train

PIXELS = 224  # what these networks were pretrained at
PER_CLASS, TESTED = 5, 30  # labels to learn from, and pictures to be tested on
HEAD_EPOCHS, EPOCHS, BATCH = 40, 10, 20


def usual_recipe(network: str, seed: int) -> list[dict[str, Any]]:
    """Do both halves of the recipe on textures of photographs at 224 pixels, 5 labels per class.

    First the network is frozen: global average pooling, Dense 128 with ReLU, softmax, Adam (its default rate). Then all
    of it is unfrozen, BatchNorm included, as the tutorials have it, and trained with AdamW at 1e-5.

    Args:
        network: a backbone for pictures whose weights are on this computer.
        seed: draws the labels, the head and the order of the pictures.

    Returns:
        Two rows, ``stage`` ``"frozen"`` and ``"unfrozen"``, each with the test ``accuracy``, 0..1. The second also has
        the largest relative change of a block's weights, ``drift``, and of its BatchNorm statistics, ``statistics``.

    Raises:
        CourseError: the network's weights are not here.
    """
    backbone = load_backbone(network, image_size=PIXELS)
    textures = load_dataset("photo-textures", image_size=PIXELS)
    few, test = textures.train.few(PER_CLASS, seed), textures.test.few(TESTED)
    keras.utils.set_random_seed(seed)
    head = keras.Sequential(
        [layers.Dense(128, activation="relu"), layers.Dense(textures.num_classes, activation="softmax")]
    )
    head.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    cached = Split(extract_features(backbone, few.inputs), few.labels)
    train(head, cached, epochs=HEAD_EPOCHS, batch_size=BATCH, seed=seed)
    frozen = _measured(backbone, head, test)

    before = weights_of(backbone)
    backbone.trainable = True
    model = keras.Sequential([backbone, layers.GlobalAveragePooling2D(), head])
    model.compile(keras.optimizers.AdamW(1e-5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    train(model, few, epochs=EPOCHS, batch_size=BATCH, seed=seed)
    moved = relative_drift(before, backbone)
    return [
        {"stage": "frozen", "accuracy": frozen},
        {
            "stage": "unfrozen",
            "accuracy": _measured(backbone, head, test),
            "drift": float(np.nanmax([row["drift"] for row in moved])),
            "statistics": float(np.nanmax([row["statistics"] for row in moved])),
        },
    ]


def _measured(backbone: keras.Model, head: keras.Model, test: Split) -> float:
    return accuracy_on(head, Split(extract_features(backbone, test.inputs), test.labels))
