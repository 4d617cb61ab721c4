"""Computing on a GPU: whether there is one, half precision, and the same numbers every time."""

from course_utils.errors import CourseError
from course_utils.quiet import start_keras


def use_gpu(*, mixed_precision: bool = False, deterministic: bool = False) -> None:
    """Make sure that a GPU is used, and choose how; call it before the first network is built.

    Keras uses a GPU without being asked, and compiles training for it with XLA. Its memory is taken as it is needed, so
    several notebooks can share one (``course_utils`` sees to that).

    Args:
        mixed_precision: compute in float16 and keep the weights in float32 (Micikevicius et al. 2018). Faster on large
            networks if the GPU has tensor cores; not on the embedded ones, which are too small to fill it. The heads
            that the course makes stay in float32; give your own last layer ``dtype="float32"``.
        deterministic: compute the same numbers in every run with the same seeds, which is slower, and refuse what
            can't.

    Raises:
        CourseError: there is no GPU, or ``deterministic`` on another backend than TensorFlow. Nothing has changed then.
    """
    require_gpu()
    import keras

    if deterministic:
        _compute_deterministically()
    if mixed_precision:
        keras.config.set_dtype_policy("mixed_float16")


def require_gpu() -> None:
    """Refuse to go on without a GPU.

    Raises:
        CourseError: Keras finds none; with what to do.
    """
    start_keras()
    import keras

    if not keras.distribution.list_devices("gpu"):
        raise CourseError(
            "Keras finds no GPU on this computer. On Linux with an NVIDIA driver: python -m pip install --editable "
            '".[gpu]"; on Colab: Runtime, Change runtime type, a GPU. Every lesson also runs without one: use the '
            "profile laptop."
        )


def _compute_deterministically() -> None:
    import keras

    if keras.backend.backend() != "tensorflow":
        raise CourseError(
            f"deterministic=True needs the TensorFlow backend, but Keras runs on {keras.backend.backend()}. Unset "
            "KERAS_BACKEND, or leave deterministic out."
        )
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()
