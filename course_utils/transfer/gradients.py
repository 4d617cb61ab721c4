"""Gradients with respect to inputs and weights: the calls of the library that only TensorFlow answers."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
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


def mean_squared_gradients(
    fn: Callable[[Any, Any], Any], variables: Sequence[keras.Variable], inputs: NDArray, labels: NDArray
) -> list[NDArray[np.float32]]:
    """The mean over examples of each example's squared gradient with respect to variables.

    One example at a time: the gradient of a batch is the examples' mean, and its square tells nothing of theirs.

    Args:
        fn: from one example and its label, int32, to a scalar tensor, in ``keras.ops``.
        variables: what to differentiate by.
        inputs: ``(n, ...)`` in the type that ``fn`` takes, with n of 1 or more.
        labels: integers ``(n,)``.

    Returns:
        float32 arrays of the variables' shapes.
    """
    watched = [variable.value for variable in variables]

    @tf.function
    def sums(x, y):
        def add(i, totals):
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(watched)
                value = fn(x[i], y[i])
            gradients = tape.gradient(value, watched, unconnected_gradients="zero")
            return i + 1, [total + tf.square(g) for total, g in zip(totals, gradients, strict=True)]

        start = (tf.constant(0), [tf.zeros_like(w) for w in watched])
        # The loop runs inside the graph: calling a compiled function for each example costs nearly twice as much.
        return tf.while_loop(lambda i, _: i < tf.shape(x)[0], add, start)[1]

    totals = sums(tf.constant(inputs), tf.constant(labels, tf.int32))
    return [total.numpy() / len(inputs) for total in totals]
