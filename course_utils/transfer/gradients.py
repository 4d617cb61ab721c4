"""Gradients with respect to an input: the one call of the library that only TensorFlow answers."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


def gradient_function(fn: Callable[[Any], Any]) -> Callable[[NDArray], NDArray[np.float32]]:
    """The gradient of a scalar function of a tensor, compiled on its first call.

    Args:
        fn: from a float32 tensor to a scalar tensor, in ``keras.ops``; variables that it reads stay as they are.

    Returns:
        A function from an array to the gradient of ``fn`` there, float32, of the array's shape.
    """

    @tf.function(reduce_retracing=True)
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = fn(x)
        return tape.gradient(value, x)

    return lambda x: gradient(tf.constant(x, tf.float32)).numpy()
