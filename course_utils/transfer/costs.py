"""What a network costs, counted in multiplications: the same on every machine, unlike seconds."""

import keras
import numpy as np

from course_utils.errors import CourseError


def training_multiplications(backbone: keras.Model) -> int:
    """Count the multiplications of one input in a training step, as the layers' ``trainable`` says now.

    Forward, every kernel once. Backward, once more for its own gradient if it is trained, and once more for the
    gradient that it hands down if anything below it is trained.

    Raises:
        CourseError: the size of a layer's output is not known before an input is there.
    """
    total, trained_below = 0, False
    for name, forward in _by_layer(backbone).items():
        trained = bool(backbone.get_layer(name).trainable_weights)
        total += forward * (1 + trained + trained_below)
        trained_below |= trained
    return total


def _by_layer(backbone: keras.Model) -> dict[str, int]:
    """Count the multiplications of one input on its way through each layer that has a kernel, in order.

    A kernel is used once at each position of the layer's output. Norms, activations and sums are left out: they are
    few beside the kernels.
    """
    counted = {}
    for layer in backbone.layers:
        kernel = getattr(layer, "kernel", None)
        if kernel is None:
            continue
        positions = layer.output.shape[1:-1]
        if None in positions:
            raise CourseError(f"{backbone.name!r} takes inputs of any size; build it for one size to count.")
        counted[layer.name] = int(np.prod(positions) * np.prod(kernel.shape))
    return counted
