"""Freezing and thawing: which weights a training step may change."""

import keras
import numpy as np

from course_utils.errors import CourseError
from course_utils.worlds import blocks


def freeze(model: keras.Model) -> keras.Model:
    """Freeze every weight of a model, and put its BatchNorm layers into inference mode; returns the model.

    The same as ``model.trainable = False``. Compile again afterwards: what is trainable is decided by ``compile``.
    """
    model.trainable = False
    return model


def unfreeze_top(backbone: keras.Model, k: int) -> list[str]:
    """Make the last ``k`` blocks trainable and freeze the others; BatchNorm layers stay frozen throughout.

    A frozen BatchNorm layer uses its stored statistics. Calling a backbone with ``training=False`` does not
    ensure that once its layers are trainable (Keras 3), but ``trainable = False`` on the layer does.

    Args:
        backbone: a functional model with named blocks.
        k: how many blocks, counted from the output; 0 freezes all.

    Returns:
        The names of the layers that are trainable now and have weights. Compile again before training.

    Raises:
        CourseError: ``k`` is negative or more than the backbone has blocks.
    """
    grouped = blocks(backbone)
    if not 0 <= k <= len(grouped):
        raise CourseError(
            f"k={k} is out of range: {backbone.name!r} has {len(grouped)} blocks, so k lies in 0..{len(grouped)}."
        )
    backbone.trainable = True
    thawed = list(grouped)[len(grouped) - k :]
    names = []
    for block, members in grouped.items():
        for layer in members:
            layer.trainable = block in thawed and not isinstance(layer, keras.layers.BatchNormalization)
            if layer.trainable_weights:
                names.append(layer.name)
    return names


def trainable_summary(model: keras.Model) -> tuple[int, int]:
    """The number of trainable and of frozen weights: ``(trainable, frozen)``.

    BatchNorm's moving mean and variance count as frozen always: no gradient ever reaches them.
    """
    trainable = sum(int(np.prod(w.shape)) for w in model.trainable_weights)
    return trainable, sum(int(np.prod(w.shape)) for w in model.non_trainable_weights)
