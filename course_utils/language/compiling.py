"""Functions of TensorFlow that were compiled once and take every length: answering and tuning call them in loops."""

from collections.abc import Callable, Sequence
from typing import Any

import keras

from course_utils.errors import CourseError


def compiled(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of tensors, in ``keras.ops``; where lengths differ between calls, it takes every length.

    Raises:
        CourseError: Keras runs on another backend than TensorFlow.
    """
    import tensorflow as tf

    _need_tensorflow()
    function: Callable[..., Any] = tf.function(fn, reduce_retracing=True, autograph=False)
    return function


def training_step(
    loss: Callable[..., Any], variables: Sequence[keras.Variable], optimizer: keras.optimizers.Optimizer
) -> Callable[..., Any]:
    """Return a compiled step: it computes a loss, changes the variables, and returns the loss.

    Args:
        loss: from the step's tensors to a scalar.
        variables: what learns; the gradient of everything else isn't computed.
        optimizer: built for these variables here.

    Raises:
        CourseError: Keras runs on another backend than TensorFlow.
    """
    import tensorflow as tf

    _need_tensorflow()
    optimizer.build(variables)
    learning = [variable.value for variable in variables]

    def step(*tensors: Any) -> Any:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(learning)
            value = loss(*tensors)
        optimizer.apply(tape.gradient(value, learning), variables)
        return value

    return compiled(step)


def _need_tensorflow() -> None:
    backend = keras.backend.backend()
    if backend != "tensorflow":
        raise CourseError(
            f"A language model answers and is tuned on the backend tensorflow, not on {backend}. Unset KERAS_BACKEND, "
            "and set the backend in ~/.keras/keras.json to tensorflow."
        )
