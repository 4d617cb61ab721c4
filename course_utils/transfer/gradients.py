"""Gradients with respect to inputs and weights: the library's only calls to TensorFlow or JAX themselves.

Keras computes gradients only inside ``fit``, so each backend's own are used here, those of the backend that runs.
"""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from course_utils.errors import CourseError


def gradient_function(fn: Callable[[Any], Any]) -> Callable[[NDArray[Any]], NDArray[np.float32]]:
    """Return the gradient of a scalar function of a tensor, compiled on its first call.

    Args:
        fn: from a float32 tensor to a scalar tensor, in ``keras.ops``; variables that it reads do not change.

    Returns:
        A function from an array to the gradient of ``fn`` there, float32, of the array's shape.

    Raises:
        CourseError: Keras runs on another backend than TensorFlow or JAX.
    """
    make = _of_this_backend(tensorflow=_tensorflow_gradient_function, jax=_jax_gradient_function)
    gradient: Callable[[NDArray[Any]], NDArray[np.float32]] = make(fn)
    return gradient


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

    Raises:
        CourseError: Keras runs on another backend than TensorFlow or JAX.
    """
    sums = _of_this_backend(tensorflow=_tensorflow_squared_sums, jax=_jax_squared_sums)
    totals = sums(fn, variables, inputs, np.asarray(labels, np.int32))
    return [np.asarray(total / len(inputs), np.float32) for total in totals]


def _of_this_backend(**implementations: Callable[..., Any]) -> Callable[..., Any]:
    backend = keras.backend.backend()
    if backend not in implementations:
        raise CourseError(
            f"Gradients are computed on the backends {' and '.join(implementations)}, not on {backend}. "
            "Unset KERAS_BACKEND, and set the backend in ~/.keras/keras.json to tensorflow."
        )
    return implementations[backend]


def _tensorflow_gradient_function(fn: Callable[[Any], Any]) -> Callable[[NDArray[Any]], NDArray[np.float32]]:
    import tensorflow as tf

    def gradient(x: Any) -> Any:
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = fn(x)
        return tape.gradient(value, x)

    compiled = tf.function(gradient, reduce_retracing=True)
    return lambda x: np.asarray(compiled(tf.constant(x, tf.float32)))


def _tensorflow_squared_sums(
    fn: Callable[[Any, Any], Any], variables: Sequence[keras.Variable], inputs: NDArray[Any], labels: NDArray[Any]
) -> list[Any]:
    import tensorflow as tf

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

    totals: list[Any] = tf.function(sums)(tf.constant(inputs), tf.constant(labels))
    return totals


def _jax_gradient_function(fn: Callable[[Any], Any]) -> Callable[[NDArray[Any]], NDArray[np.float32]]:
    import jax

    compiled = jax.jit(jax.grad(fn))
    return lambda x: np.array(compiled(np.asarray(x, np.float32)))  # a copy, since JAX's own arrays are read-only


def _jax_squared_sums(
    fn: Callable[[Any, Any], Any], variables: Sequence[keras.Variable], inputs: NDArray[Any], labels: NDArray[Any]
) -> list[Any]:
    import jax

    def value(values: Sequence[Any], x: Any, y: Any) -> Any:
        with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
            return fn(x, y)

    def sums(values: Sequence[Any], xs: Any, ys: Any) -> Any:
        def add(totals: Sequence[Any], example: Any) -> Any:
            gradients = jax.grad(value)(values, *example)
            return [total + g**2 for total, g in zip(totals, gradients, strict=True)], None

        return jax.lax.scan(add, [jax.numpy.zeros_like(w) for w in values], (xs, ys))[0]

    totals: list[Any] = jax.jit(sums)([variable.value for variable in variables], inputs, labels)
    return totals
