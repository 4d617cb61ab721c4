"""Gradients with respect to inputs and weights: the library's only calls that need TensorFlow itself."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


def gradient_function(fn: Callable[[Any], Any]) -> Callable[[NDArray[Any]], NDArray[np.float32]]:
    """Return the gradient of a scalar function of a tensor, compiled on its first call.

    Args:
        fn: from a float32 tensor to a scalar tensor, in ``keras.ops``; variables that it reads do not change.

    Returns:
        A function from an array to the gradient of ``fn`` there, float32, of the array's shape.
    """

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = fn(x)
        return tape.gradient(value, x)

    compiled = tf.function(gradient, reduce_retracing=True)
    return lambda x: compiled(tf.constant(x, tf.float32)).numpy()


def mean_squared_gradients(
    fn: Callable[[Any, Any], Any], variables: Sequence[keras.Variable], inputs: NDArray[Any], labels: NDArray[Any]
) -> list[NDArray[np.float32]]:
    """Return the mean over examples of each example's squared gradient with respect to variables.

    One example at a time: the gradient of a batch is the examples' mean, and its square says nothing about theirs.

    Args:
        fn: from one example and its label, int32, to a scalar tensor, in ``keras.ops``.
        variables: what to differentiate by.
        inputs: ``(n, ...)`` in the type that ``fn`` takes; n is 1 or more.
        labels: integers ``(n,)``.

    Returns:
        float32 arrays of the variables' shapes.
    """
    watched = [variable.value for variable in variables]

    def sums(x: Any, y: Any) -> Any:
        def add(i: Any, totals: Any) -> Any:
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                tape.watch(watched)
                value = fn(x[i], y[i])
            gradients = tape.gradient(value, watched, unconnected_gradients="zero")
            return i + 1, [total + tf.square(g) for total, g in zip(totals, gradients, strict=True)]

        start = (tf.constant(0), [tf.zeros_like(w) for w in watched])
        # The loop runs inside the graph: calling a compiled function for each example costs nearly twice as much.
        return tf.while_loop(lambda i, _: i < tf.shape(x)[0], add, start)[1]

    totals = tf.function(sums)(tf.constant(inputs), tf.constant(labels, tf.int32))
    return [total.numpy() / len(inputs) for total in totals]
