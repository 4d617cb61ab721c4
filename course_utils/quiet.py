"""Keras without its start-up remarks, which tell a learner nothing and look like errors."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_remarks() -> Iterator[None]:
    """Nothing reaches the process's stderr: TensorFlow starts with remarks that no setting of its own silences.

    An exception still passes, so nothing that matters is lost.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def start_keras() -> None:
    """Import Keras and start its runtime in silence; costs nothing when it runs already."""
    with without_remarks():
        import keras

        keras.ops.zeros(1)
    # A lesson makes many small networks, and compiling each is meant; TensorFlow takes it for an oversight.
    logging.getLogger("tensorflow").addFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "tf.function retracing" not in record.getMessage()
